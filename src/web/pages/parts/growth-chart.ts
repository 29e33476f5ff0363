/** The growth of the store as bars: new data of each backup, oldest first. An SVG without style or script. */
import type { KnownSnapshot } from '../../../operations/look/known-snapshots.ts';
import type { Child } from '../../elements.ts';
import { h } from '../../elements.ts';
import { sizeWords, timeWords, words } from '../../words.ts';

const maxBars = 60;
const [width, height, foot] = [600, 160, 18];

export function growthChart(snapshots: readonly KnownSnapshot[]): Child {
  const shown = snapshots
    .flatMap(({ header }) => (header === undefined ? [] : [header]))
    .slice(0, maxBars)
    .reverse();
  if (shown.length === 0) return h('p', {}, words.home.none);
  const max = Math.max(1, ...shown.map(({ addedBytes }) => addedBytes));
  const step = width / shown.length;
  const bars = shown.map(({ addedBytes, time }, index) => {
    const tall = Math.max(1, (addedBytes / max) * (height - foot - 14));
    return h(
      'rect',
      {
        x: (index * step + step * 0.1).toFixed(1),
        y: (height - foot - tall).toFixed(1),
        width: Math.min(step * 0.8, 40).toFixed(1),
        height: tall.toFixed(1),
      },
      h('title', {}, `${timeWords(time)}: ${sizeWords(addedBytes)}`),
    );
  });
  const [first, last] = [shown[0], shown.at(-1)];
  const label = words.health.chart(shown.length, sizeWords(max));
  const sum = shown.reduce((total, { addedBytes }) => total + addedBytes, 0);
  return [
    h(
      'svg',
      { className: ['growth'], viewBox: `0 0 ${width} ${height}`, role: 'img', ariaLabel: label },
      bars,
      h('text', { x: '0', y: String(height - 4) }, timeWords(first?.time ?? '')),
      shown.length < 2
        ? undefined
        : h(
            'text',
            { x: String(width), y: String(height - 4), textAnchor: 'end' },
            timeWords(last?.time ?? ''),
          ),
    ),
    h('p', { className: ['caption'] }, words.health.growthSum(shown.length, sizeWords(sum))),
  ];
}
