import Ingest
import Store
import Synchronization
import TUI

/// A source whose traces can be written to files from the screen, whatever the source is.
final class WritingSource: SourceMonitor {
  private struct State {
    var answer: SourceStatus.Answer?
    var wake: @Sendable () -> Void = {}
    var thread: BackgroundThread?
    var isWriting = false
  }

  private let source: any ExplorerSource
  /// Guards what is said of the writing; the writing thread and the screen's.
  private let state = Mutex(State())

  init(_ source: any ExplorerSource) { self.source = source }

  /// Waits for a file that is being written.
  func finish() { state.withLock { $0.thread.take() }?.join() }

  // MARK: - SourceMonitor

  func status() -> SourceStatus {
    var status = source.status()
    status.answer = state.withLock { $0.answer }
    return status
  }

  func observe(_ wake: @escaping @Sendable () -> Void) {
    state.withLock { $0.wake = wake }
    source.observe(wake)
  }

  func startDemo() { source.startDemo() }

  func setPinned(_ isPinned: Bool, _ trace: TraceID) {
    source.pin(isPinned, trace) { self.say($0, isError: true) }
  }

  func write(_ traces: [TraceNumber], of snapshot: Snapshot, joinsTraces: Bool) {
    let isFree = state.withLock { state in
      defer { state.isWriting = true }
      return !state.isWriting
    }
    guard isFree else { return say("a file is being written already", isError: true) }
    finish()
    let thread = BackgroundThread {
      let path = Self.path(at: Environment.now)
      do throws(Failure) {
        let tally = try Self.write(traces, of: snapshot, joinsTraces: joinsTraces, to: path)
        self.say("wrote \(TallyText.of(tally)) to \(path)", isError: false)
      } catch {
        self.say(error.message, isError: true)
      }
      self.state.withLock { $0.isWriting = false }
    }
    state.withLock { $0.thread = thread }
  }

  private func say(_ text: String, isError: Bool) {
    let wake = state.withLock { state in
      let number = (state.answer?.number ?? 0) + 1
      state.answer = SourceStatus.Answer(number: number, text: text, isError: isError)
      return state.wake
    }
    wake()
  }

  // MARK: - Writing

  /// A name that says when, in the folder that the program was started in.
  private static func path(at moment: UnixNanos) -> String {
    let digits = Format.clock(moment, .dateMilliseconds).filter(\.isNumber)
    return "tracetop-\(digits.prefix(8))-\(digits.dropFirst(8)).jsonl"
  }

  private static func write(
    _ traces: [TraceNumber], of snapshot: Snapshot, joinsTraces: Bool, to path: String
  ) throws(Failure) -> RequestTally {
    var numbers = traces
    if joinsTraces {
      var seen: Set<TraceNumber> = []
      numbers = traces.flatMap { [$0] + snapshot.requestTraces(of: $0) }
        .filter { seen.insert($0).inserted }
    }
    var writer = RequestFileWriter(.json)
    let file = try OutputFile.open(path, replacing: false)
    let held = HeldTraces(numbers, of: snapshot)
    func next() -> (request: [UInt8], kind: RequestKind)? {
      held.nextChunk().map { ($0, .spans) } ?? held.nextLogs().map { ($0, .logs) }
    }
    while let (request, kind) = next() {
      do throws(Failure) {
        try file.write(writer.bytes(of: MessageBytes(request), kind))
      } catch {
        file.discard()
        throw error
      }
    }
    try file.finish()
    return writer.tally
  }
}
