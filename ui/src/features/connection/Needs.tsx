import type { Kind } from '@/api/bindings/Kind';
import { Button } from '@/components/Button';
import { SideHead } from '@/components/SplitPane';
import { copyText } from '@/components/copy';
import { t } from '@/components/text';
import { text } from './text';
import styles from './connection.module.css';

/** `Thing: where it is` or `Thing (where it is)`. */
function partsOf(need: string): { head: string; detail?: string } {
  const [, head, detail] = /^([^(:]+) \((.+)\)$/.exec(need) ?? /^([^(:]+): (.+)$/s.exec(need) ?? [];
  return head && detail ? { head, detail } : { head: need };
}

/** In its place while nothing is chosen. */
export function NoNeeds() {
  return (
    <>
      <SideHead>
        <h2 className={t('label')}>{text.needsOf}</h2>
      </SideHead>
      <div className={styles.needs}>
        <p className={t('soft')}>{text.needsChoose}</p>
      </div>
    </>
  );
}

/** What one needs at hand before one needs it, and a script to hand on. */
export function Needs({ kind }: { kind: Kind }) {
  const { setup_script: script } = kind;
  return (
    <>
      <SideHead>
        <h2 className={t('label')}>{text.needs(kind.label)}</h2>
      </SideHead>
      <div className={styles.needs}>
        {kind.needs.length === 0 && <p className={t('soft')}>{text.needsNothing}</p>}
        <ol className={styles.needList}>
          {kind.needs.map((need) => {
            const { head, detail } = partsOf(need);
            return (
              <li key={need}>
                <b>{head}</b>
                {detail && <span className={styles.needDetail}>{detail}</span>}
              </li>
            );
          })}
        </ol>
        {script && (
          <>
            <h3 className={t('label')}>{text.noLogin}</h3>
            <p className={t('sm', 'soft')}>{text.noLoginText(kind.label)}</p>
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so it takes the keyboard */}
            <pre className={styles.script} tabIndex={0} role="region" aria-label={text.noLogin}>
              {script}
            </pre>
            <div className={t('row')}>
              <Button size="sm" icon="copy" onPress={() => void copyText(script, 'Script copied')}>
                {text.copyScript}
              </Button>
              <Button
                size="sm"
                look="quiet"
                icon="message"
                onPress={() => void copyText(text.message(kind.label, script), 'Message copied')}
              >
                {text.copyMessage}
              </Button>
            </div>
          </>
        )}
      </div>
    </>
  );
}
