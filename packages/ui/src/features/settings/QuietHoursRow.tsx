import { catalogueLocale, t } from "../../i18n/i18n.ts";
import {
  clockOf,
  endsNextDay,
  minuteOf,
  type QuietHours,
  switched,
  WEEK,
  weekdayName,
  withDay,
  withSpan,
} from "./quiet-hours.ts";
import { SwitchRow } from "./SettingRow.tsx";

export type QuietHoursRowProps = { quiet: QuietHours; onChange: (quiet: QuietHours) => void };

/** V51: times of the week without alerts, each day with its own. */
export function QuietHoursRow({ quiet, onChange }: QuietHoursRowProps) {
  return (
    <SwitchRow
      id="quietHours"
      checked={quiet.enabled}
      onChange={(enabled) => onChange(switched(quiet, enabled))}
      {...(quiet.enabled && {
        below: (
          <ul className="quiet-days">
            {WEEK.map((weekday) => (
              <QuietDay key={weekday} weekday={weekday} quiet={quiet} onChange={onChange} />
            ))}
          </ul>
        ),
      })}
    />
  );
}

function QuietDay({ weekday, quiet, onChange }: QuietHoursRowProps & { weekday: number }) {
  const day = weekdayName(weekday, catalogueLocale());
  const span = quiet.days[weekday] ?? null;
  const time = (key: "fromMinute" | "toMinute", label: string, value: number) => (
    <input
      type="time"
      className="setting-time"
      aria-label={label}
      value={clockOf(value)}
      onChange={(event) => {
        const minute = minuteOf(event.target.value);
        if (minute !== undefined) onChange(withSpan(quiet, weekday, { [key]: minute }));
      }}
    />
  );
  return (
    <li>
      <label>
        <input
          type="checkbox"
          aria-label={t("settings.quietDay", { day })}
          checked={span !== null}
          onChange={(event) => onChange(withDay(quiet, weekday, event.target.checked))}
        />
        {day}
      </label>
      {span !== null && (
        <>
          <span className="quiet-span">
            {time("fromMinute", t("settings.quietFrom", { day }), span.fromMinute)}
            <span aria-hidden="true">–</span>
            {time("toMinute", t("settings.quietTo", { day }), span.toMinute)}
          </span>
          <small>{endsNextDay(span) ? t("settings.quietNextDay") : ""}</small>
        </>
      )}
    </li>
  );
}
