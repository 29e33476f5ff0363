/** A short run of test/torture/many-writers.test.ts. */
import { manyWriters } from './many-writers.ts';

manyWriters(30, 2);
