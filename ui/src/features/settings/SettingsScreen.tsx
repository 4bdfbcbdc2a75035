import type { ReactNode } from 'react';
import type { Settings } from '@/api/bindings/Settings';
import { asProblem } from '@/api/client';
import { useAppInfo, useCommand } from '@/api/queries';
import { Note } from '@/components/Banner';
import { Button, IconButton } from '@/components/Button';
import { Switch } from '@/components/Checkbox';
import { Segmented } from '@/components/Choice';
import { copyText } from '@/components/copy';
import { help } from '@/components/help';
import { Body, Toolbar } from '@/components/Page';
import { ProblemBox } from '@/components/ProblemBox';
import { t } from '@/components/text';
import { Waiting } from '@/components/Waiting';
import { AlertList } from './AlertList';
import { alertText } from './alert-text';
import { text } from './text';
import styles from './Settings.module.css';

/** How Sluice looks and behaves on this computer. Every change counts at once. */
export function SettingsScreen() {
  const { data: info, error } = useAppInfo();
  const save = useCommand('settings_save', ['app_info']);
  return (
    <>
      <Toolbar title={text.title} help="settings" />
      {info ? (
        <Body pad className={styles.page ?? ''}>
          {info.keychain && <ProblemBox problem={info.keychain} />}
          {info.storage && <ProblemBox problem={info.storage} />}
          {save.error && <ProblemBox problem={asProblem(save.error)} />}
          <Choices
            settings={info.settings}
            onChange={(change) => save.mutate({ ...info.settings, ...change })}
          />
          <Part title={alertText.title}>
            <AlertList />
          </Part>
          <Part title={text.about}>
            <dl className={styles.facts}>
              <dt>{text.version}</dt>
              <dd>{info.version}</dd>
              <dt>{text.home}</dt>
              <dd className={styles.path}>
                <bdi className={t('mono')}>{info.home}</bdi>
                <IconButton
                  icon="copy"
                  label={text.copyPath}
                  onPress={() => void copyText(info.home, text.copied)}
                />
              </dd>
              <dt>{text.zone}</dt>
              <dd>{info.time_zone}</dd>
            </dl>
            <Note icon="lock">{text.secrets}</Note>
            <div>
              <Button onPress={() => help.open('support')}>{text.support}</Button>
            </div>
          </Part>
        </Body>
      ) : error ? (
        <Body pad>
          <ProblemBox problem={asProblem(error)} />
        </Body>
      ) : (
        <Waiting label={text.title} />
      )}
    </>
  );
}

function Choices({
  settings,
  onChange,
}: {
  settings: Settings;
  onChange: (change: Partial<Settings>) => void;
}) {
  return (
    <>
      <Part title={text.appearance}>
        <div className={styles.amount}>
          <span>{text.theme}</span>
          <Segmented
            label={text.theme}
            value={settings.theme}
            onChange={(theme) => onChange({ theme })}
            options={[
              { value: 'system', label: text.themes.system },
              { value: 'light', label: text.themes.light },
              { value: 'dark', label: text.themes.dark },
            ]}
          />
        </div>
      </Part>
      <Part title={text.background}>
        <Switch
          on={settings.keep_in_tray ?? false}
          onChange={(keep_in_tray) => onChange({ keep_in_tray })}
          help={text.trayHelp}
        >
          {text.tray}
        </Switch>
        <Switch
          on={settings.autostart}
          onChange={(autostart) => onChange({ autostart })}
          help={text.autostartHelp}
        >
          {text.autostart}
        </Switch>
        <Switch on={settings.notify} onChange={(notify) => onChange({ notify })} help={text.notifyHelp}>
          {text.notify}
        </Switch>
        <Switch
          on={settings.schedules_paused}
          onChange={(schedules_paused) => onChange({ schedules_paused })}
          help={text.pausedHelp}
        >
          {text.paused}
        </Switch>
      </Part>
      <Part title={text.history}>
        <Amount
          label={text.days}
          value={settings.history_days}
          amounts={text.dayAmounts}
          onChange={(history_days) => onChange({ history_days })}
        />
        <Amount
          label={text.megabytes}
          value={settings.history_megabytes}
          amounts={text.megabyteAmounts}
          onChange={(history_megabytes) => onChange({ history_megabytes })}
        />
        <Note icon="info">{text.historyHelp}</Note>
      </Part>
    </>
  );
}

/** One of a few amounts. */
function Amount({
  label,
  value,
  amounts,
  onChange,
}: {
  label: string;
  value: number;
  amounts: readonly (readonly [number, string])[];
  onChange: (amount: number) => void;
}) {
  return (
    <div className={styles.amount}>
      <span>{label}</span>
      <Segmented
        label={label}
        value={String(value)}
        onChange={(amount) => onChange(Number(amount))}
        options={amounts.map(([amount, words]) => ({ value: String(amount), label: words }))}
      />
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.part} aria-label={title}>
      <h2 className={t('head')}>{title}</h2>
      <div className={styles.rows}>{children}</div>
    </section>
  );
}
