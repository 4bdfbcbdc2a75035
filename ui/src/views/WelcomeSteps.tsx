import { Icon } from '@/components/Icon';
import { JsonView } from '@/components/JsonView';
import { Panel, Table } from '@/components/Panel';
import { State } from '@/components/State';
import { cx } from '@/components/cx';
import { t } from '@/components/text';
import { text } from './welcome.text';
import styles from './WelcomeView.module.css';

const rows = [
  ['L-1041', 'ana.ruiz@example.com', 'Kestrel Outdoor', 86],
  ['L-1042', 'j.okafor@example.com', 'Blue Fjord', 41],
  ['L-1043', 'mei.lin@example.com', 'Halden & Sons', 73],
  ['L-1044', 'tomas@example', 'Orchard Nine', 12],
] as const;
const payload = JSON.stringify({
  type: 'identify',
  userId: 'L-1041',
  traits: { email: 'ana.ruiz@example.com', lead_score: 86, company: 'Kestrel Outdoor' },
});

/** What happens in three steps, with the product's own parts. */
export function WelcomeSteps() {
  return (
    <section className={styles.steps} aria-label={text.what}>
      <div className={styles.stepsInner}>
        <h2 className={styles.step}>1&ensp;{text.one}</h2>
        <Panel
          head={
            <>
              <Icon name="table" />
              <span className={t('medium')}>leads</span>
              <span className={t('sm', 'faint')}>{text.rows}</span>
            </>
          }
        >
          <Table
            label={text.one}
            look="dense"
            inset
            head={
              <tr>
                <th className={styles.key}>lead_id</th>
                <th>email</th>
                <th>company</th>
                <th data-num="" className={styles.score}>
                  lead_score
                </th>
              </tr>
            }
          >
            {rows.map(([id, email, company, score], index) => (
              <tr key={id} data-selected={index === 0 ? '' : undefined}>
                <td className={t('mono')}>{id}</td>
                <td>{email}</td>
                <td>{company}</td>
                <td data-num="">{score}</td>
              </tr>
            ))}
          </Table>
        </Panel>
        <span className={styles.link} />
        <h2 className={styles.step}>2&ensp;{text.two}</h2>
        <Panel sunken>
          <JsonView json={payload} label={text.two} />
        </Panel>
        <span className={styles.link} />
        <h2 className={styles.step}>3&ensp;{text.three}</h2>
        <Panel>
          <Table label={text.three} look="dense" inset>
            <tr>
              <td className={styles.status}>
                <State state="delivered" />
              </td>
              <td>{rows[0][1]}</td>
              <td className={t('soft')}>
                {text.changed} <s className={t('faint')}>61</s> →{' '}
                <b className={cx(t('medium'), styles.new)}>86</b>
              </td>
              <td data-num="" className={cx(t('faint'), styles.clock)}>
                14:48:07
              </td>
            </tr>
            <tr>
              <td>
                <State state="delivered" />
              </td>
              <td>{rows[1][1]}</td>
              <td className={t('soft')}>{text.fresh}</td>
              <td data-num="" className={t('faint')}>
                14:48:07
              </td>
            </tr>
            <tr>
              <td>
                <State state="rejected" />
              </td>
              <td>{rows[3][1]}</td>
              <td className={t('soft')}>{text.invalid}</td>
              <td data-num="" className={t('faint')}>
                14:48:08
              </td>
            </tr>
          </Table>
        </Panel>
      </div>
    </section>
  );
}
