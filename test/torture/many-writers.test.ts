/** Four writers, one maintainer and one checker on one store for five minutes; `KLOSET_SECONDS=60` for another time. */
import { manyWriters } from '../servers/many-writers.ts';

manyWriters(Number(process.env.KLOSET_SECONDS ?? 300), Number(process.env.KLOSET_SEED ?? 1));
