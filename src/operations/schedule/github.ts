/** A workflow of GitHub Actions that keeps the store in the repository it lies in, which has to be a private one. */
import type { Schedule, ScheduleFile } from './schedule.ts';

/** Secrets come from the settings of the repository, and are never in the file. Runs wait for each other. */
export function githubWorkflow({ name, hour, minute }: Schedule, version: string): ScheduleFile {
  const text = `# Secrets of the repository that this needs: NOTION_TOKEN, NOTION_KLOSET_PASSPHRASE, NOTION_KLOSET_IDENTITY
# (the file that \`notion-kloset identity export\` writes, as base64) and NOTION_KLOSET_IDENTITY_PASSPHRASE.
# The repository must be private: the store is encrypted, and its size and the times of its changes are not.
name: notion-kloset ${name}
on:
  schedule:
    - cron: '${minute} ${hour} * * *'
  workflow_dispatch: {}
permissions:
  contents: write
concurrency:
  group: notion-kloset-${name}
  cancel-in-progress: false
jobs:
  run:
    runs-on: ubuntu-latest
    timeout-minutes: 350
    env:
      NOTION_TOKEN: \${{ secrets.NOTION_TOKEN }}
      NOTION_KLOSET_PASSPHRASE: \${{ secrets.NOTION_KLOSET_PASSPHRASE }}
      NOTION_KLOSET_IDENTITY_PASSPHRASE: \${{ secrets.NOTION_KLOSET_IDENTITY_PASSPHRASE }}
      NOTION_KLOSET_STORE: store
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - name: Bring the identity that signs
        env:
          IDENTITY: \${{ secrets.NOTION_KLOSET_IDENTITY }}
        run: |
          printf '%s' "$IDENTITY" | base64 -d > "$RUNNER_TEMP/identity"
          npx --yes notion-kloset@${version} identity import "$RUNNER_TEMP/identity"
          rm "$RUNNER_TEMP/identity"
      - name: Back up
        id: backup
        run: npx --yes notion-kloset@${version} run
      - name: Keep the store
        if: always()
        run: |
          git config user.name notion-kloset
          git config user.email notion-kloset@users.noreply.github.com
          git add --all store
          git diff --cached --quiet || git commit --message "notion-kloset: $(date --utc +%FT%TZ)"
          git push
`;
  return { name: `notion-kloset-${name}.yml`, text };
}
