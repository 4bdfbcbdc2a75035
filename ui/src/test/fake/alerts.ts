import type { Alert } from '@/api/bindings/Alert';
import type { AlertSave } from '@/api/bindings/AlertSave';

/** Who is told: kept until the window is closed. */
export function fakeAlerts() {
  let alerts: Alert[] = [];
  return {
    alerts: () => alerts,
    alert_save: ({ secret, id, ...input }: AlertSave): Alert => {
      const before = alerts.find((alert) => alert.id === id);
      const host: Record<string, string> = secret?.startsWith('http')
        ? { host: new URL(secret).hostname }
        : {};
      const saved: Alert = {
        ...input,
        id: id ?? `alert-${String(alerts.length + 1)}`,
        settings: { ...before?.settings, ...input.settings, ...host },
        secret: secret ? { state: 'saved' } : (before?.secret ?? { state: 'missing' }),
        problem: null,
        waiting: 0,
      };
      alerts = before ? alerts.map((alert) => (alert.id === id ? saved : alert)) : [...alerts, saved];
      return saved;
    },
    alert_delete: (id: string) => {
      alerts = alerts.filter((alert) => alert.id !== id);
      return null;
    },
    alert_test: () => null,
  };
}
