import type { Result } from "@parley/protocol/errors.ts";
import type { ListedDevice } from "@parley/protocol/http/accounts.ts";
import type { DeviceId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { Globe, Monitor } from "lucide-react";
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";
import { fullMoment, isoTime, moment, type Region } from "../../i18n/format.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { TextField } from "../../kit/TextField.tsx";

/** What is asked of which device, and the button that asked: the focus goes back there. */
export type Asking = { deviceId: DeviceId; what: "sign-out" | "rename"; by: HTMLElement };

type DeviceLineProps = {
  device: ListedDevice;
  /** What is asked of this one. */
  asking: Asking | null;
  /** Without a connection nothing can be changed. */
  isLive: boolean;
  nowMs: number;
  region: Region;
  onAsk: (asking: Asking | null) => void;
  onSignOut: () => Promise<Result<unknown>>;
  onRename: (name: string) => Promise<Result<unknown>>;
};

type WhenProps = { atMs: number; nowMs: number; region: Region };

/** What is asked, under its line. Esc leaves it, and only it. */
function Ask({
  label,
  onLeave,
  children,
}: {
  label: string;
  onLeave: () => void;
  children: ReactNode;
}) {
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    onLeave();
  }
  return (
    <div className="device-ask" role="group" aria-label={label} onKeyDown={onKeyDown}>
      {children}
    </div>
  );
}

type AskProps = { device: ListedDevice; isLive: boolean; onLeave: () => void };

function SignOutAsk(props: AskProps & Pick<DeviceLineProps, "onSignOut">) {
  const { device, isLive, onLeave, onSignOut } = props;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => cancel.current?.focus(), []);

  async function signOut(): Promise<void> {
    setBusy(true);
    const result = await onSignOut();
    setBusy(false);
    setProblem(result.ok ? "" : errorText(result.error));
  }

  const question = t("settings.deviceAsk", { name: device.name });
  return (
    <Ask label={question} onLeave={onLeave}>
      <b>{question}</b>
      <p className="device-ask-text">{t("settings.deviceAskText")}</p>
      <p className="field-error" role="status">
        {isLive ? problem : t("settings.deviceUnchanged")}
      </p>
      <div className="device-acts">
        <Button ref={cancel} onClick={onLeave}>
          {t("common.cancel")}
        </Button>
        <Button kind="danger" busy={busy} disabled={!isLive} onClick={() => void signOut()}>
          {t("settings.deviceSignOut")}
        </Button>
      </div>
    </Ask>
  );
}

function RenameAsk(props: AskProps & Pick<DeviceLineProps, "onRename">) {
  const { device, isLive, onLeave, onRename } = props;
  const [typed, setTyped] = useState(device.name);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.select(), []);

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    const name = typed.trim();
    if (name === "") {
      setProblem(t("settings.deviceNeedName"));
      return;
    }
    setBusy(true);
    const result = await onRename(name);
    setBusy(false);
    if (result.ok) onLeave();
    else setProblem(errorText(result.error));
  }

  return (
    <Ask label={t("settings.deviceRenameOf", { name: device.name })} onLeave={onLeave}>
      <form ref={form} noValidate onSubmit={(event) => void save(event)}>
        <TextField
          label={t("settings.deviceName")}
          value={typed}
          maxLength={LIMITS.deviceNameUnits}
          autoComplete="off"
          error={problem}
          onChange={(event) => {
            setTyped(event.target.value);
            setProblem(undefined);
          }}
        />
        <div className="device-acts">
          <Button onClick={onLeave}>{t("common.cancel")}</Button>
          <Button kind="primary" type="submit" busy={busy} disabled={!isLive}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Ask>
  );
}

/** A time in words, exact for whoever points at it. */
function When({ atMs, nowMs, region, text }: WhenProps & { text: (when: string) => string }) {
  return (
    <time dateTime={isoTime(atMs)} title={fullMoment(atMs, region)}>
      {text(moment(atMs, nowMs, region))}
    </time>
  );
}

/** One device: what it is, when somebody was there, and what can be done with it. */
export function DeviceLine(props: DeviceLineProps) {
  const { device, asking, isLive, nowMs, region, onAsk } = props;
  const { deviceId, name, platform, current } = device;
  const when = { nowMs, region };
  const leave = (): void => {
    onAsk(null);
    asking?.by.focus();
  };
  const toggle = (what: Asking["what"]) => (event: { currentTarget: HTMLElement }) => {
    onAsk(asking?.what === what ? null : { deviceId, what, by: event.currentTarget });
  };
  return (
    <li className="device-line">
      <span className="device-icon" aria-hidden="true">
        {platform === "web" ? <Globe size={20} /> : <Monitor size={20} />}
      </span>
      <div className="setting-text">
        <span>
          <bdi>{name}</bdi>
          {current && <span className="account-mark">{t("settings.deviceThis")}</span>}
        </span>
        <small>
          {t(`settings.devicePlatform.${platform}`)}
          {" · "}
          {device.connected ? (
            t("settings.deviceConnected")
          ) : (
            <When
              {...when}
              atMs={device.lastSeenAt}
              text={(seen) => t("settings.deviceSeen", { when: seen })}
            />
          )}
        </small>
        <small>
          <When
            {...when}
            atMs={device.createdAt}
            text={(since) => t("settings.deviceSince", { when: since })}
          />
        </small>
      </div>
      <Button
        kind="link"
        disabled={!isLive}
        aria-expanded={asking?.what === "rename"}
        aria-label={t("settings.deviceRenameOf", { name })}
        onClick={toggle("rename")}
      >
        {t("settings.deviceRename")}
      </Button>
      {!current && (
        <Button
          kind="link"
          disabled={!isLive}
          aria-expanded={asking?.what === "sign-out"}
          aria-label={t("settings.deviceSignOutOf", { name })}
          onClick={toggle("sign-out")}
        >
          {t("settings.deviceSignOut")}
        </Button>
      )}
      {asking?.what === "sign-out" && (
        <SignOutAsk device={device} isLive={isLive} onLeave={leave} onSignOut={props.onSignOut} />
      )}
      {asking?.what === "rename" && (
        <RenameAsk device={device} isLive={isLive} onLeave={leave} onRename={props.onRename} />
      )}
    </li>
  );
}
