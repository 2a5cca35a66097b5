//! Events that wait on disk.
//!
//! A folder with segments, each named for the number of its first event and with an event a line, and the number up to
//! which all events are settled, in `settled`. Nothing is read back but what a line end completes, so a process may die at
//! any point. What is settled and not yet noted is delivered again.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use crate::umami::Event;

/// How many bytes a segment takes before the next one is begun.
const SEGMENT: u64 = 1024 * 1024;

pub(super) struct Spool {
    folder: PathBuf,
    /// The most that all segments may take, in bytes.
    most: u64,
    /// In the order of their events; the last one is written to.
    segments: VecDeque<Segment>,
    writer: File,
    reader: Option<Reader>,
    /// The number of the next event to be read.
    next: u64,
    /// The number that the next event to be written gets.
    end: u64,
    settled: File,
    /// Held as long as this process uses the folder.
    _lock: File,
}

struct Segment {
    first: u64,
    size: u64,
}

struct Reader {
    lines: BufReader<File>,
    /// The number of the first event of the segment that it reads.
    segment: u64,
}

/// Why an event is not on disk.
pub(super) enum NotSpooled {
    Full,
    Failed(io::Error),
}

impl Spool {
    /// The spool in this folder, which is made if need be, with what an earlier process left there.
    pub(super) fn open(folder: &Path, most: u64) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("lock"))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::Error::new(io::ErrorKind::ResourceBusy, "another process uses it"),
            TryLockError::Error(error) => error,
        })?;

        let note = folder.join("settled");
        let settled = match fs::read_to_string(&note) {
            Ok(text) => text.trim().parse().unwrap_or(0),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        let mut firsts = Vec::new();
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            firsts.extend(name.to_str().and_then(|name| name.strip_suffix(".events")?.parse::<u64>().ok()));
        }
        firsts.sort_unstable();

        let mut segments = VecDeque::new();
        let (mut end, mut ends_at) = (settled, None);
        for (place, &first) in firsts.iter().enumerate() {
            let path = segment_path(folder, first);
            if firsts.get(place + 1).is_some_and(|next| *next <= settled) {
                fs::remove_file(path)?;
                continue;
            }
            let (count, size) = complete_lines(&path)?;
            end = end.max(first + count);
            ends_at = Some(first + count);
            segments.push_back(Segment { first, size });
        }
        // The next event has to be where its number says: not in a segment that ends before it, since a crash of the machine
        // took the rest.
        if ends_at != Some(end) {
            segments.push_back(Segment { first: end, size: 0 });
        }
        let last = segments.back().map_or(end, |segment| segment.first);
        let writer = appending(folder, last)?;
        let settled_note = OpenOptions::new().create(true).truncate(false).write(true).open(note)?;
        // What is before the first segment cannot be read any more.
        let next = settled.max(segments.front().map_or(settled, |segment| segment.first));
        let folder = folder.to_owned();
        Ok(Self { folder, most, segments, writer, reader: None, next, end, settled: settled_note, _lock: lock })
    }

    /// The number of the next event to be taken.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// How many events wait.
    pub(super) fn len(&self) -> usize {
        usize::try_from(self.end - self.next).unwrap_or(usize::MAX)
    }

    pub(super) fn push(&mut self, event: &Event) -> Result<(), NotSpooled> {
        let mut line = event.to_json().map_err(|error| NotSpooled::Failed(error.into()))?;
        line.push(b'\n');
        let size = line.len() as u64;
        if self.segments.iter().map(|segment| segment.size).sum::<u64>() + size > self.most {
            return Err(NotSpooled::Full);
        }
        let written = self.begin_segment_if_due().and_then(|()| self.writer.write_all(&line));
        let Some(segment) = self.segments.back_mut() else { return Err(NotSpooled::Full) };
        if let Err(error) = written {
            // Half a line would spoil the next one.
            let _ = self.writer.set_len(segment.size);
            return Err(NotSpooled::Failed(error));
        }
        segment.size += size;
        self.end += 1;
        Ok(())
    }

    fn begin_segment_if_due(&mut self) -> io::Result<()> {
        if self.segments.back().is_some_and(|segment| segment.size >= SEGMENT) {
            self.writer = appending(&self.folder, self.end)?;
            self.segments.push_back(Segment { first: self.end, size: 0 });
        }
        Ok(())
    }

    /// The next events, as they were written; an empty line for each that is not there any more.
    pub(super) fn take(&mut self, count: usize) -> io::Result<Vec<Vec<u8>>> {
        let mut lines = Vec::new();
        while lines.len() < count && self.next < self.end {
            match self.read_next() {
                Ok(line) => lines.push(line),
                Err(error) if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::NotFound) => {
                    self.reader = None;
                    // None of its segment that comes after it is there either.
                    let until = self.segments.iter().map(|segment| segment.first).find(|first| *first > self.next);
                    let gone = until.unwrap_or(self.end) - self.next;
                    let here = gone.min((count - lines.len()) as u64);
                    lines.extend((0..here).map(|_| Vec::new()));
                    self.next += here;
                    if until.is_none() {
                        self.begin_after_a_gap()?;
                    }
                    continue;
                }
                // What was read already is not to be lost.
                Err(error) if lines.is_empty() => return Err(error),
                Err(_) => break,
            }
            self.next += 1;
        }
        Ok(lines)
    }

    fn read_next(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        self.reader()?.lines.read_until(b'\n', &mut line)?;
        match line.pop() {
            Some(b'\n') => Ok(line),
            _ => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "an event that was written is gone")),
        }
    }

    /// Where the end of the last segment is gone, events to come would not be where their numbers say: they go into another.
    fn begin_after_a_gap(&mut self) -> io::Result<()> {
        if self.segments.back().is_some_and(|segment| segment.first < self.end) {
            self.writer = appending(&self.folder, self.end)?;
            self.segments.push_back(Segment { first: self.end, size: 0 });
        }
        Ok(())
    }

    /// A reader that stands at the next event.
    fn reader(&mut self) -> io::Result<&mut Reader> {
        let holder = self.segments.iter().rev().find(|segment| segment.first <= self.next);
        let segment = holder.map_or(self.next, |segment| segment.first);
        let reader = match self.reader.take().filter(|reader| reader.segment == segment) {
            Some(reader) => reader,
            None => {
                let mut lines = BufReader::new(File::open(segment_path(&self.folder, segment))?);
                for _ in segment..self.next {
                    lines.skip_until(b'\n')?;
                }
                Reader { lines, segment }
            }
        };
        Ok(self.reader.insert(reader))
    }

    /// Notes that all events before this number are settled, and removes the segments that hold no others.
    pub(super) fn settle(&mut self, number: u64) -> io::Result<()> {
        // Always as wide, so that it is whole whatever was there before.
        write_at_start(&mut self.settled, format!("{number:020}\n").as_bytes())?;
        while self.segments.get(1).is_some_and(|next| next.first <= number) {
            if let Some(segment) = self.segments.pop_front() {
                fs::remove_file(segment_path(&self.folder, segment.first))?;
            }
        }
        if number == self.end && self.segments.len() == 1 {
            self.begin_anew()?;
        }
        Ok(())
    }

    /// Frees the last segment when nothing in it is wanted any more and it has some size.
    fn begin_anew(&mut self) -> io::Result<()> {
        let Some(segment) = self.segments.front().filter(|segment| segment.size >= SEGMENT / 16) else { return Ok(()) };
        let path = segment_path(&self.folder, segment.first);
        self.writer = appending(&self.folder, self.end)?;
        self.segments = VecDeque::from([Segment { first: self.end, size: 0 }]);
        self.reader = None;
        fs::remove_file(path)
    }
}

fn segment_path(folder: &Path, first: u64) -> PathBuf {
    folder.join(format!("{first:020}.events"))
}

fn appending(folder: &Path, first: u64) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(segment_path(folder, first))
}

/// How many whole lines a file has, and how many bytes they take. What follows the last line end was not written to its
/// end, and is cut off.
fn complete_lines(path: &Path) -> io::Result<(u64, u64)> {
    let mut lines = BufReader::new(File::open(path)?);
    let (mut count, mut size) = (0, 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        lines.read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            break;
        }
        count += 1;
        size += line.len() as u64;
    }
    if !line.is_empty() {
        OpenOptions::new().write(true).open(path)?.set_len(size)?;
    }
    Ok((count, size))
}

fn write_at_start(file: &mut File, text: &[u8]) -> io::Result<()> {
    use std::io::Seek as _;
    file.rewind()?;
    file.write_all(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(number: u64) -> Event {
        Event::page_view("1").url(format!("/{number}"))
    }

    fn url(line: &[u8]) -> u64 {
        let event: serde_json::Value = serde_json::from_slice(line).expect("JSON");
        event["payload"]["url"].as_str().expect("a text")[1..].parse().expect("a number")
    }

    #[derive(Debug, Clone)]
    enum Step {
        Push(u64),
        Take(usize),
        SettleTaken,
        Reopen,
        /// A process that died while it wrote.
        ReopenTorn,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (1..400_u64).prop_map(Step::Push),
            (1..300_usize).prop_map(Step::Take),
            Just(Step::SettleTaken),
            Just(Step::Reopen),
            Just(Step::ReopenTorn),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        /// Whatever happens, events come in their order; and after a restart all come again that are not settled.
        #[test]
        fn nothing_that_was_pushed_and_not_settled_is_lost(steps in proptest::collection::vec(step(), 1..40)) {
            let folder = tempfile::tempdir().expect("a folder");
            let open = || Spool::open(folder.path(), u64::MAX).expect("a spool");
            let mut spool = Some(open());
            let (mut pushed, mut taken, mut settled) = (0, 0, 0);
            for step in steps {
                let mut now = spool.take().expect("it is open");
                match step {
                    Step::Push(count) => {
                        for _ in 0..count {
                            prop_assert!(now.push(&event(pushed)).is_ok());
                            pushed += 1;
                        }
                    }
                    Step::Take(count) => {
                        for line in now.take(count).expect("it reads") {
                            prop_assert_eq!(url(&line), taken);
                            taken += 1;
                        }
                    }
                    Step::SettleTaken => {
                        now.settle(now.next()).expect("it is noted");
                        settled = taken;
                    }
                    Step::Reopen | Step::ReopenTorn => {
                        if matches!(step, Step::ReopenTorn) {
                            now.writer.write_all(b"{\"payload\": {\"url\": \"/half").expect("it writes");
                        }
                        drop(now);
                        now = open();
                        taken = settled;
                    }
                }
                prop_assert_eq!(now.len() as u64, pushed - taken);
                spool = Some(now);
            }
        }
    }

    #[test]
    fn what_is_settled_is_removed_from_the_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut spool = Spool::open(folder.path(), u64::MAX).expect("a spool");
        let size = |spool: &Spool| spool.segments.iter().map(|segment| segment.size).sum::<u64>();
        for number in 0..30_000 {
            assert!(spool.push(&event(number).title("t".repeat(50))).is_ok());
        }
        assert!(spool.segments.len() > 2 && size(&spool) > 2 * SEGMENT);
        let taken = spool.take(30_000).expect("it reads").len();
        spool.settle(spool.next()).expect("it is noted");
        assert_eq!((taken, size(&spool), spool.segments.len()), (30_000, 0, 1));
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 3, "a segment, the note and the lock");
    }

    #[test]
    fn what_finds_no_room_is_not_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut spool = Spool::open(folder.path(), 200).expect("a spool");
        assert!(spool.push(&event(0)).is_ok());
        assert!(matches!(spool.push(&event(1).title("t".repeat(200))), Err(NotSpooled::Full)));
        assert_eq!(spool.len(), 1);
    }

    #[test]
    fn events_that_a_crash_of_the_machine_took_after_they_were_settled_hide_no_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut spool = Spool::open(folder.path(), u64::MAX).expect("a spool");
        (0..10).for_each(|number| assert!(spool.push(&event(number)).is_ok()));
        spool.take(10).expect("it reads");
        spool.settle(10).expect("it is noted");
        drop(spool);
        let segment = segment_path(folder.path(), 0);
        let first =
            fs::read(&segment).expect("it reads").split_inclusive(|byte| *byte == b'\n').next().map(<[u8]>::len);
        File::options()
            .write(true)
            .open(segment)
            .and_then(|file| file.set_len(first.expect("a line") as u64))
            .expect("cut");

        let mut spool = Spool::open(folder.path(), u64::MAX).expect("a spool");
        assert_eq!(spool.len(), 0);
        assert!(spool.push(&event(10)).is_ok());
        assert_eq!(spool.take(10).expect("it reads").iter().map(|line| url(line)).collect::<Vec<_>>(), [10]);
    }

    #[test]
    fn a_segment_that_is_gone_costs_its_own_events_and_no_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut spool = Spool::open(folder.path(), u64::MAX).expect("a spool");
        let mut pushed = 0;
        while spool.segments.len() < 3 {
            assert!(spool.push(&event(pushed).title("t".repeat(5000))).is_ok());
            pushed += 1;
        }
        let (second, third) = (spool.segments[1].first, spool.segments[2].first);
        fs::remove_file(segment_path(folder.path(), second)).expect("it is removed");
        let taken: Vec<_> =
            std::iter::from_fn(|| Some(spool.take(64).expect("it reads")).filter(|taken| !taken.is_empty()))
                .flatten()
                .map(|line| (!line.is_empty()).then(|| url(&line)))
                .collect();
        let expected: Vec<_> =
            (0..pushed).map(|number| (!(second..third).contains(&number)).then_some(number)).collect();
        assert_eq!(taken, expected);
    }

    #[test]
    fn two_processes_do_not_share_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let _one = Spool::open(folder.path(), 200).expect("a spool");
        let error = Spool::open(folder.path(), 200).map(drop).expect_err("it is in use");
        assert_eq!(error.to_string(), "another process uses it");
    }
}
