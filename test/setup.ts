/** Runs before each file of tests; what it imports is loaded once for each worker. */
import './cheap-passphrases.ts';
