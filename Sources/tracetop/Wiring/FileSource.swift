import Ingest
import Store
import Synchronization
import TUI

/// Files, read into a store of this process while the explorer shows it.
final class FileSource: ExplorerSource {
  /// How often the screen is told how far the reading is.
  private static let interval = Nanoseconds.milliseconds(100)

  private struct State {
    var reading: FileReading
    var shown = UnixNanos(0)
    var notice: String?
    var wake: @Sendable () -> Void = {}
    var thread: BackgroundThread?
    var cuts = BatchCuts()
  }

  let store: Store
  private let inputs: [FileInput]
  private let rules: RuleSetup
  private let maximumRecordBytes: Int
  private let log: ProgramLog?
  /// Guards what is said of the reading; the reading thread writes, the screen's reads.
  private let state: Mutex<State>

  /// Begins to read.
  init(
    _ inputs: [FileInput], memory: MemorySize, rules: RuleSetup, maximumRecordBytes: Int,
    log: ProgramLog?
  ) {
    self.inputs = inputs
    self.rules = rules
    self.maximumRecordBytes = maximumRecordBytes
    self.log = log
    store = Store(budgetBytes: memory.bytes, vocabulary: rules.vocabulary)
    let files = inputs.map { input in
      var file = FileReading.File(name: input.name)
      file.bytes = input.size
      return file
    }
    state = Mutex(State(reading: FileReading(files: files)))
    for warning in rules.warnings { log?.write(warning) }
    let thread = BackgroundThread { self.read() }
    state.withLock { $0.thread = thread }
    if thread == nil { state.withLock { $0.notice = "the system has no thread to read with" } }
  }

  func stop() {
    for input in inputs { input.end() }
    state.withLock { $0.thread.take() }?.join()
  }

  // MARK: - SourceMonitor

  func status() -> SourceStatus {
    let current = state.withLock { $0 }
    var status = SourceStatus()
    status.connection = .file(inputs.count == 1 ? inputs[0].name : "\(inputs.count) files")
    status.reading = current.reading
    for (place, input) in inputs.enumerated() {
      status.reading?.files[place].bytesRead = input.bytesRead
    }
    status.notice = current.notice
    status.rules = RuleReport(rules.book.uses, planoSampling: rules.planoSampling)
    return status
  }

  func observe(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = wake } }

  func startDemo() {}

  // MARK: - The thread

  private func read() {
    let sink = StoreSink(store: store, rules: rules.book)
    for (place, input) in inputs.enumerated() where !input.wasEnded {
      let reader = FileReader(
        input, into: sink, maximumRecordBytes: maximumRecordBytes,
        onProgress: { self.show($0, of: place, isDone: false) })
      var report: FileReport
      do throws(FileError) {
        try reader.run()
        report = reader.report
      } catch {
        report = reader.report
        report.note(error.message)
      }
      show(report, of: place, isDone: true)
      for problem in report.problems { log?.write("\(input.name): \(problem)") }
    }
  }

  private func show(_ report: FileReport, of place: Int, isDone: Bool) {
    let wake: (@Sendable () -> Void)? = state.withLock { state in
      let now = Environment.now
      guard isDone || report.isWaiting || now.since(state.shown) >= Self.interval else {
        return nil
      }
      state.shown = now
      state.reading.files[place].take(report, isDone: isDone)
      return state.wake
    }
    wake?()
  }
}

extension FileReading.File {
  fileprivate mutating func take(_ report: FileReport, isDone: Bool) {
    format = report.format
    spans = report.spans
    self.isDone = isDone
    problems = report.problems.map(\.description)
    problemCount = report.problemCount
    if report.otherSignals > 0 {
      add("metrics in it are not read")
    }
    if report.cuts.attributesDropped > 0 {
      add(
        "\(Format.grouped(UInt64(report.cuts.attributesDropped))) attributes over the limit left out"
      )
    }
    if report.cuts.valuesCut > 0 {
      add("\(Format.grouped(UInt64(report.cuts.valuesCut))) values over the limit cut")
    }
    if isDone, format == "empty" { add("empty") }
  }

  private mutating func add(_ problem: String) {
    problems.append(problem)
    problemCount += 1
  }
}
