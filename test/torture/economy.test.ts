import { test } from 'vitest';
import { expectAtFloor } from '../bench/floor-bounds.ts';

test('requests of backups of 1,000 pages stay at the floor', () => expectAtFloor(1_000));
