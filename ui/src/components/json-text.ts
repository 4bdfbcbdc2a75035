/** A text without its quotes and escapes; everything else exactly as it is sent. */
export function readable(json: string): string {
  if (!json.startsWith('"')) return json;
  try {
    return String(JSON.parse(json));
  } catch {
    return json;
  }
}
