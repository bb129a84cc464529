import { act, attempt, find, toast, watchFaults, words } from "./base.js";

find("clear").addEventListener("click", async () => {
  if (window.confirm(words.clear_sure) && (await attempt(() => act("clear")))) toast("✓");
});
await watchFaults();
