/** Reports of long work about what it is doing. The library reports; only `cli` draws. */

/** Something a person or a log may want to see while work goes on. */
export type MonitorEvent =
  /** A named step began. `total` counts the things ahead, when known. */
  | { readonly type: 'phase'; readonly phase: string; readonly total?: number }
  /** `done` of `total` things of the running phase are finished; `bytes` moved so far. */
  | {
      readonly type: 'progress';
      readonly phase: string;
      readonly done: number;
      readonly total?: number;
      readonly bytes?: number;
    }
  /** Bytes that this run has moved to and from stores on other machines so far, and how many a second of late. */
  | {
      readonly type: 'transfer';
      readonly sentBytes: number;
      readonly receivedBytes: number;
      readonly sentPerSecond: number;
      readonly receivedPerSecond: number;
    }
  /** One thing failed or needs attention; the work goes on. */
  | { readonly type: 'warning'; readonly message: string; readonly path?: string }
  /** Something a person has to know once, though nothing is wrong. */
  | { readonly type: 'notice'; readonly message: string }
  /** Nothing will happen for `waitMs`, because `reason`. */
  | { readonly type: 'wait'; readonly waitMs: number; readonly reason: string };

export interface Monitor {
  report(event: MonitorEvent): void;
}

/** A monitor that discards every event. */
export const silentMonitor: Monitor = { report() {} };
