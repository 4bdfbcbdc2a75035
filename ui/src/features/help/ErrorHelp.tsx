import { useErrors } from '@/api/queries';
import { asProblem } from '@/api/client';
import { ProblemBox } from '@/components/ProblemBox';
import { text } from './text';
import styles from './help.module.css';

const parts = ['meaning', 'safe', 'cause', 'hint', 'again'] as const;

/** The page of an error, as the registry of the program has it. */
export function ErrorHelp({ code }: { code: string }) {
  const { data, error } = useErrors();
  if (error) return <ProblemBox problem={asProblem(error)} explain={false} />;
  if (!data) return <p>{text.error.reading}</p>;
  const page = data.find((one) => one.code === code);
  if (!page) return <p>{text.error.unknown(code)}</p>;
  return (
    <>
      {parts.map((part) => (
        <section key={part} className={styles.part}>
          <h3>{text.error[part]}</h3>
          <p>{page[part]}</p>
        </section>
      ))}
      <p className={styles.code}>{text.error.code(page.code, page.kind)}</p>
    </>
  );
}
