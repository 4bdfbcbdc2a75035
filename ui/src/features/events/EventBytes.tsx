import type { Attempt } from '@/api/bindings/Attempt';
import type { EventStatus } from '@/api/bindings/EventStatus';
import type { EventDetail } from '@/api/bindings/EventDetail';
import { IconButton, Button } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { JsonView } from '@/components/JsonView';
import { byteSize, duration } from '@/components/times';
import { Badge } from '@/components/State';
import { t } from '@/components/text';
import { text } from './text';
import styles from './EventDetail.module.css';

const keychain = 'in keychain';

/** The exact request and answer, as far as they may be shown. */
export function SentAndAnswer({
  detail,
  revealed,
  onReveal,
  onCopy,
}: {
  detail: EventDetail | undefined;
  revealed: boolean;
  onReveal: (reveal: boolean) => void;
  onCopy: (what: string, bytes: string) => void;
}) {
  const words = text.detail;
  if (!detail) return <div className={styles.scroll} />;
  const last = detail.attempts.at(-1);
  const sent = last ? words.sent : words.notSent;
  return (
    <>
      <div className={styles.mask}>
        <Icon name={detail.masked ? 'eyeoff' : 'eye'} size={14} />
        <span className={t('grow')}>{detail.masked ? words.masked : words.revealed}</span>
        {(detail.masked || revealed) && (
          <Button size="sm" look="quiet" onPress={() => onReveal(!revealed)}>
            {revealed ? words.mask : words.reveal}
          </Button>
        )}
      </div>
      <div className={styles.bytes}>
        <section aria-label={sent}>
          <div className={styles.bytesHead}>
            <b>{sent}</b>
            <span className={t('sm', 'soft')}>
              {last ? `${words.oneOf(last.records)}, ` : ''}
              {byteSize(detail.bytes)}
            </span>
            <span className={t('grow')} />
            <IconButton
              icon="copy"
              label={last ? words.copySent : words.copyPayload}
              onPress={() => onCopy('Payload', detail.payload)}
            />
          </div>
          {last?.target && <Request attempt={last} />}
          {detail.payload_pretty ? (
            <JsonView json={detail.payload_pretty} label={sent} wrap />
          ) : (
            <p className={styles.quiet}>{last ? words.notKept : words.noPayload}</p>
          )}
          {last?.body && (
            <details className={styles.whole}>
              <summary>{words.wholeRequest}</summary>
              <JsonView json={last.body} exact={!isJson(last.body)} label={words.wholeRequest} wrap />
            </details>
          )}
        </section>
        {detail.before !== null && (
          <section aria-label={words.before} className={styles.answerPart}>
            <div className={styles.bytesHead}>
              <b>{words.before}</b>
              <span className={t('sm', 'soft')}>{words.beforeWhat}</span>
            </div>
            {detail.before ? (
              <JsonView json={detail.before} label={words.before} wrap />
            ) : (
              <p className={styles.quiet}>{words.notThere}</p>
            )}
          </section>
        )}
        <section aria-label={words.answer} className={styles.answerPart}>
          <div className={styles.bytesHead}>
            <b>{words.answer}</b>
            {last?.status != null && (
              <Badge tone={statusTone(last.status, detail.event.status)}>{last.status}</Badge>
            )}
            {last?.took_ms != null && (
              <span className={t('sm', 'soft')}>{words.after(duration(last.took_ms))}</span>
            )}
            <span className={t('grow')} />
            {last?.answer && (
              <IconButton
                icon="copy"
                label={words.copyAnswer}
                onPress={() => onCopy('Answer', last.answer)}
              />
            )}
          </div>
          {last?.own_answer && <JsonView json={last.own_answer} label={words.ownAnswer} wrap />}
          {!last?.answer ? (
            <p className={styles.quiet}>
              {!last ? words.noAttempts : last.took_ms === null ? last.outcome : words.noAnswer}
            </p>
          ) : last.own_answer ? (
            <details className={styles.whole}>
              <summary>{words.wholeAnswer(last.records)}</summary>
              <Answer body={last.answer} />
            </details>
          ) : (
            <Answer body={last.answer} />
          )}
        </section>
      </div>
    </>
  );
}

function Answer({ body }: { body: string }) {
  return <JsonView json={body} exact={!isJson(body)} label={text.detail.answer} wrap />;
}

/** Method, address and headers; a secret is a lock, never dots one could take for a value. */
function Request({ attempt }: { attempt: Attempt }) {
  const [method, ...rest] = attempt.target.split(' ');
  return (
    <div className={styles.request}>
      <p className={styles.target}>
        {rest.length > 0 && <span className={styles.method}>{method} </span>}
        {rest.length > 0 ? rest.join(' ') : method}
      </p>
      {attempt.headers.map(([name, value], index) => {
        const at = value.indexOf(keychain);
        return (
          <p key={index}>
            <bdi className={styles.header}>{name}</bdi>
            {': '}
            {at < 0 ? (
              value
            ) : (
              <>
                {value.slice(0, at)}
                <span className={styles.secret}>
                  <Icon name="lock" size={12} /> {keychain}
                </span>
                {value.slice(at + keychain.length)}
              </>
            )}
          </p>
        );
      })}
    </div>
  );
}

/** How a status looks beside a record: an answer that took the others is no good one for what it refused. */
export const statusTone = (status: number, record?: EventStatus): 'ok' | 'warn' | 'bad' =>
  (status < 300 && (record === 'rejected' || record === 'doubtful')) ||
  status === 207 ||
  status === 429 ||
  status < 200
    ? 'warn'
    : status < 300
      ? 'ok'
      : 'bad';

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}
