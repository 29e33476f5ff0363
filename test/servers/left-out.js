/** The last line of `npm test`: what it did not run. */
process.stdout.write(
  '\nLeft out by `npm test`: stores on real S3 and SFTP servers (`npm run test:servers`), and what takes hours (`npm run test:torture`).\n',
);
