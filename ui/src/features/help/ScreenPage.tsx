import { Keys } from '@/components/Keys';
import { shortcutGroups } from '../shortcuts';
import { screens, text } from './text';
import styles from './help.module.css';

/** What there is to know on a screen, its keys, and those of the whole window. */
export function ScreenPage({ screen }: { screen: string | null }) {
  const page = screen === null ? undefined : screens[screen];
  const groups = shortcutGroups.filter(({ on }) => !on || (screen !== null && on.includes(screen)));
  return (
    <>
      {page && (
        <section className={styles.part} aria-label={text.lines}>
          <ul className={styles.lines}>
            {page.lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          {page.tour && <p className={styles.code}>{text.tour(page.tour)}</p>}
        </section>
      )}
      {groups.map(({ title, shortcuts }) => (
        <section key={title} className={styles.part}>
          <h3>{title}</h3>
          <dl className={styles.keys}>
            {shortcuts.map(({ keys, also = [], does }) => (
              <div key={keys} className={styles.line}>
                <dt>{does}</dt>
                <dd>
                  {[keys, ...also].map((one, index) => (
                    <span key={one}>
                      {index > 0 && <>{text.or} </>}
                      <Keys shortcut={one} />
                    </span>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}
