internal import FoundationEssentials
internal import Glibc
public import Ingest
import Store
import Synchronization

/// Takes what is read back from a journal. Used by one thread.
public protocol JournalSink: AnyObject {
  /// Takes one request; false where its bytes are not one.
  func take(_ kind: JournalKind, _ body: UnsafeRawBufferPointer) -> Bool
  /// The bytes of everything taken so far are about to go.
  func flush()
  /// The bytes of what was taken before the last call are about to go; those taken since then stay.
  func flushEarlier()
  /// Whether there is no room for more.
  var isFull: Bool { get }
}

extension JournalSink {
  public func flush() {}
  public func flushEarlier() { flush() }
}

/// Reads back what the file had when it was opened, the newest first, while new requests arrive.
public final class JournalReplay: Sendable {
  /// How many threads it is worth to run it on: one decodes while the other's spans are stored.
  public static let threads = 2

  private let journal: Journal
  private let reader: JournalReader
  private let log: @Sendable (String) -> Void
  private let began = JournalClock.read(CLOCK_MONOTONIC)
  /// How many threads are still to come to the end of ``run(into:)``.
  private let running = Atomic<Int>(JournalReplay.threads)
  /// The same, and whoever counts what there is.
  private let busy = Atomic<Int>(JournalReplay.threads + 1)
  private let isStopped = Atomic<Bool>(false)
  /// Whether the oldest frame was reached.
  private let isAtEnd = Atomic<Bool>(false)

  init(_ journal: Journal, _ reader: JournalReader, log: @escaping @Sendable (String) -> Void) {
    self.journal = journal
    self.reader = reader
    self.log = log
  }

  /// Reads frames until there are no more or there is no room; to be called on each of so many
  /// threads. True for the one that is through last: nothing more comes.
  @discardableResult
  public func run(into sink: any JournalSink) -> Bool {
    // The requests of a frame may wait for the store while the next one is read.
    let codecs = (FrameCodec(), FrameCodec())
    var isSecond = false
    do {
      while !isStopped.load(ordering: .relaxed), !journal.isReplayEnded, !sink.isFull {
        guard let frame = try reader.next() else {
          isAtEnd.store(true, ordering: .relaxed)
          break
        }
        sink.flushEarlier()
        take(frame, isSecond ? codecs.1 : codecs.0, sink)
        isSecond.toggle()
      }
    } catch {
      damaged(JournalFault(error, path: journal.file.path).reason)
    }
    // What waits points into them.
    withExtendedLifetime(codecs) { sink.flush() }
    isStopped.store(true, ordering: .relaxed)
    let isLast = running.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
    leave()
    return isLast
  }

  /// Says how many spans and log records the file had, once that is counted; 0 where it cannot be. To be
  /// called once, while others read or after they have.
  func expect(_ total: UInt64) {
    journal.changeReplay { $0.total = total }
    leave()
  }

  private func leave() {
    guard busy.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
    finish()
  }

  private func take(_ frame: JournalReader.Frame, _ codec: FrameCodec, _ sink: any JournalSink) {
    var isWhole = false
    if let kind = frame.kind, let data = frame.data {
      unsafe data.withUnsafeBytes { bytes in
        guard let plain = unsafe codec.decompress(bytes, to: frame.bytes) else { return }
        var isTaken = true
        let isClosed = unsafe FrameCodec.forEachRequest(in: plain) { body in
          if unsafe !sink.take(kind, body) { isTaken = false }
        }
        isWhole = isClosed && isTaken
      }
    }
    journal.changeReplay { replay in
      if isWhole {
        replay.items &+= UInt64(frame.items)
      } else {
        replay.unreadable += 1
        replay.unreadableItems &+= UInt64(frame.items)
      }
    }
    if !isWhole {
      damaged("\(journal.file.path): a frame of \(frame.items) spans or records is damaged")
    }
  }

  /// A file with a damaged part is not written any more: what it has can still be saved by hand.
  private func damaged(_ reason: String) {
    journal.stop(
      JournalFault(.damaged, "\(reason); move it away and start again for a new one"))
  }

  private func finish() {
    let report = journal.report
    let replay = report.replay
    // A number that is damaged can lead past others, which nobody meets then.
    if isAtEnd.load(ordering: .relaxed), replay.met &+ report.deleted < replay.total {
      damaged("\(journal.file.path): \(replay.total - replay.met) spans or records are not found")
    }
    let milliseconds = (JournalClock.read(CLOCK_MONOTONIC) - began) / 1_000_000
    let left = replay.total > replay.met ? replay.total - replay.met : 0
    journal.changeReplay { $0.left = left }
    journal.endReplay()
    log(
      "journal: \(replay.items) spans and records read back in \(milliseconds) ms"
        + (replay.unreadable > 0 ? ", \(replay.unreadableItems) could not be read" : "")
        + (left > 0 ? ", \(left) older ones left on disk for want of memory" : ""))
  }
}
