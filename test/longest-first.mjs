import Sequencer from '@jest/test-sequencer';

/** The longest wait most of the time: begun last, one of them would run alone for minutes. */
const longest = [/queue-store\.medium/, /embedded-postgres\.medium/, /\/attacks\//, /redis\.faults/, /interleavings/];

/** On a clean checkout Jest knows no durations and goes by the size of files. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const at = longest.findIndex((name) => name.test(path));
      return at < 0 ? longest.length : at;
    };
    return super.sort(tests).toSorted((one, other) => rank(one) - rank(other));
  }
}
