import Store

/// Reads the spans and logs of a file, whatever format it has, record by record: what is broken is reported with
/// its place and passed over.
///
/// Memory is bounded by the longest record that is taken, however long the file is. One thread uses it.
public final class FileReader {
  /// The longest record that is taken, in bytes: four times what a request over a socket may be, since
  /// a document by hand is one record. Nothing longer is ever held.
  public static let maximumRecordBytes = 256 << 20

  /// What one record may bring: more than a request over a socket, as it may be longer.
  static var batchLimits: BatchLimits {
    var limits = BatchLimits()
    limits.spans = 1 << 19
    limits.attributes = 1 << 23
    return limits
  }

  private let input: FileInput
  private(set) lazy var window = FileWindow(input) { [unowned self] () throws(FileError) in
    try wait()
  }
  let sink: any FileSink
  private let maximumRecordBytes: Int
  let onProgress: (FileReport) -> Void
  private var format: FileFormat?
  public internal(set) var report: FileReport

  private var decoder = TraceRequestDecoder()
  var logDecoder = LogRequestDecoder()
  private var jsonDecoder = TraceJSONDecoder()
  /// Holds the spans of Jaeger's documents once they are written as OTLP.
  let scratch = JSONScratch()

  /// `onProgress` is called after each record, on the reading thread; it must be quick.
  public init(
    _ input: FileInput, into sink: any FileSink,
    maximumRecordBytes: Int = FileReader.maximumRecordBytes,
    onProgress: @escaping (FileReport) -> Void = { _ in }
  ) {
    self.input = input
    self.sink = sink
    self.maximumRecordBytes = maximumRecordBytes
    self.onProgress = onProgress
    report = FileReport(name: input.name)
  }

  var limit: Int { maximumRecordBytes }

  // MARK: - Reading

  /// Reads as much as says what the file is; throws where it is nothing that can be read.
  public func recognise() throws(FileError) {
    guard format == nil else { return }
    var found: FileFormat?
    // What comes through a pipe may be little, and nothing more for long.
    while found == nil, window.count < FileFormat.sampleBytes {
      guard try window.fill() else { break }
      if window.count >= FileFormat.leastBytes { found = FileFormat.recognise(window.bytes) }
    }
    if window.isAtEnd, window.count == 0 {
      // Not even compressed bytes could be made out.
      if let loss = window.loss { throw FileError("cannot read \(input.name): \(loss)") }
      return report.format = "empty"
    }
    guard !isBlank else { return report.format = "empty" }
    guard let found = found ?? FileFormat.recognise(window.bytes) else {
      throw FileError(
        "cannot read \(input.name): neither OTLP (protobuf, JSON, JSON lines) nor Jaeger's JSON")
    }
    format = found
    report.format = name(of: found)
  }

  /// Opens a file and looks at its first bytes; throws where it is nothing that can be read.
  public static func check(path: String) throws(FileError) {
    try FileReader(try FileInput(path: path), into: NowhereSink()).recognise()
  }

  /// Reads the file to its end; throws where nothing more can be read of it or be done with it.
  public func run() throws(FileError) {
    try recognise()
    switch format {
    case .json:
      window.countsLines = true
      var reader = JSONFileReader(self)
      try reader.run()
    case .protobuf: try ProtobufFileReader(self).run()
    case .varintFrames: try FramedFileReader(self, isVarint: true).run()
    case .wordFrames: try FramedFileReader(self, isVarint: false).run()
    case nil: break
    }
    try flush()
    if let loss = window.loss {
      problem("\(loss); what came before it was read")
    }
    onProgress(report)
  }

  private var isBlank: Bool {
    window.isAtEnd && window.count <= FileFormat.sampleBytes
      && window.bytes.array.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
  }

  private func name(of format: FileFormat) -> String {
    let plain =
      switch format {
      case .json: "JSON"
      case .protobuf: "protobuf"
      case .varintFrames, .wordFrames: "length-prefixed protobuf"
      }
    guard let encoding = window.encoding, encoding != .identity else { return plain }
    return "\(plain), \(encoding.rawValue)"
  }

  /// Nothing more has come for now: what has is to be seen.
  private func wait() throws(FileError) {
    try flush()
    report.isWaiting = true
    onProgress(report)
    report.isWaiting = false
  }

  private func flush() throws(FileError) {
    try sink.flush()
    addRefusals()
  }

  // MARK: - Records

  /// Why a record was not taken, and where in it.
  struct Fault: Error {
    var text: String
    var offset: Int
    /// Whether it may be right when more or less of it is looked at: it ends before it should or after,
    /// or brings too much at a time.
    var isOfLength = false
  }

  /// Takes a request in protobuf.
  func take(protobuf body: WireBytes) throws(FileError) -> Fault? {
    do throws(WireError) {
      unsafe try decoder.decode(body.buffer, into: sink.batch)
    } catch {
      return Fault(text: error.fileText, offset: error.offset)
    }
    try handOver(body, bytes: body.count)
    return nil
  }

  /// Takes a request in JSON, or one element of its `resourceSpans`. With `isAlone` one that has other
  /// members as well is left to be taken part by part.
  func take(
    json body: WireBytes, isElement: Bool = false, isAlone: Bool = false
  ) throws(FileError) -> Fault? {
    do throws(JSONError) {
      unsafe try jsonDecoder.decode(
        body.buffer, as: isElement ? .resourceSpans : .request, into: sink.batch)
    } catch {
      return Fault(error)
    }
    // The members that were passed over may be logs.
    if isAlone, jsonDecoder.hasOtherMembers {
      return Fault(text: "it has other members", offset: 0, isOfLength: true)
    }
    try handOver(nil, bytes: body.count)
    return nil
  }

  /// Takes a trace as Jaeger's user interface exports it.
  func take(jaeger trace: WireBytes) throws(FileError) -> Fault? {
    scratch.removeAll()
    var transcoder = JaegerTranscoder(scratch: scratch)
    let request: [UInt8]
    do throws(JSONError) {
      request = try transcoder.request(trace)
    } catch {
      return Fault(error)
    }
    for error in transcoder.faults {
      problem(error.fileText, at: error.offset)
    }
    let fault = unsafe try MessageBytes(request).withUnsafeBytes {
      (bytes: UnsafeRawBufferPointer) throws(FileError) -> Fault? in
      unsafe try take(protobuf: WireBytes(bytes))
    }
    // Its offset would be one of the request that was made.
    return fault.map { Fault(text: $0.text, offset: 0) }
  }

  private func handOver(_ body: WireBytes?, bytes: Int) throws(FileError) {
    let batch = sink.batch
    report.records += 1
    report.spans += UInt64(batch.count)
    if batch.rejected > 0 {
      report.spansRejected += UInt64(batch.rejected)
      let spans = batch.rejected == 1 ? "1 span" : "\(batch.rejected) spans"
      problem("\(spans) left out: \(batch.rejection ?? "an id is not valid")")
    }
    add(try sink.take(body, bytes: bytes, at: place()))
  }

  /// Notes what was taken away from a record, and which records were not wanted after all.
  func add(_ cuts: BatchCuts) {
    report.cuts.attributesDropped += cuts.attributesDropped
    report.cuts.valuesCut += cuts.valuesCut
    addRefusals()
    onProgress(report)
  }

  private func addRefusals() {
    for problem in sink.takeRefusals() { add(problem) }
  }

  // MARK: - Problems

  /// Reports something at a place counted from the window's beginning.
  func problem(_ text: String, at place: Int = 0) {
    add(FileProblem(at: self.place(place), text))
  }

  /// A place counted from the window's beginning, as one of the file.
  func place(_ place: Int = 0) -> FilePlace {
    let isLined = window.countsLines
    return FilePlace(
      line: isLined ? window.line + window.lineEnds(in: min(place, window.count)) : nil,
      byte: window.offset + UInt64(place))
  }

  func problem(_ fault: Fault, at start: Int) { problem(fault.text, at: start + fault.offset) }

  func add(_ problem: FileProblem) {
    report.add(problem)
    onProgress(report)
  }

  func noteOtherSignal() { report.otherSignals += 1 }

  func note(format: String) {
    guard let encoding = window.encoding, encoding != .identity else {
      return report.format = format
    }
    report.format = "\(format), \(encoding.rawValue)"
  }
}

extension FileReader.Fault {
  init(_ error: JSONError) {
    self.init(
      text: error.fileText, offset: error.offset,
      isOfLength: [.truncated, .trailing, .tooLarge].contains(error.reason))
  }
}

extension WireError {
  /// What is wrong, without the place.
  var fileText: String { String(description.drop { $0 != ":" }.dropFirst(2)) }
}

extension JSONError {
  /// What is wrong, without the place.
  var fileText: String { String(description.drop { $0 != ":" }.dropFirst(2)) }
}
