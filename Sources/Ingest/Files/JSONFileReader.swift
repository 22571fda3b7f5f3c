import Store

/// Reads JSON: a request or a Jaeger document a line, over many lines, or one after the other.
///
/// A line that is a whole request is decoded as it stands. Of any other document the elements of
/// `resourceSpans` (OTLP) and of `data` (Jaeger) are records, taken one by one, so that a document may
/// be longer than what is held of it.
struct JSONFileReader {
  /// A longer line is read like a document of many, in bytes.
  static let maximumLineBytes = 8 << 20

  let file: FileReader
  /// Where the last line began that was come to between two values, without its white space.
  private var lineStart: UInt64 = 0
  /// Requests that stood on a line of their own.
  private var lines = 0
  /// Up to where the file is known to have no line end.
  private var linelessUntil: UInt64 = 0

  init(_ file: FileReader) { self.file = file }

  var window: FileWindow { file.window }

  mutating func run() throws(FileError) {
    if try window.fill(to: 3), window.bytes.hasPrefix("\u{FEFF}") { window.consume(3) }
    while let byte = try next() {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","):
        // A list of documents is one after the other.
        window.consume(1)
      case UInt8(ascii: "{"):
        if try !takeLine() { try document() }
      default: try leaveOut("expected an object", isGap: true)
      }
    }
  }

  // MARK: - Lines

  /// Takes a request that is whole on its line; false where what begins here is something else.
  private mutating func takeLine() throws(FileError) -> Bool {
    guard let (length, end) = try line() else { return false }
    // Safe: the line was found in the window.
    let line = unsafe WireBytes(window.bytes.address, count: length)
    // Logs are few, and what else an object of theirs has is not to be lost: part by part.
    guard Self.beginsRequest(line) == .spans else { return false }
    if let fault = try file.take(json: line, isAlone: true) {
      // It goes on in other lines, has another behind it, or is to be taken in parts.
      if fault.isOfLength { return false }
      file.problem(fault, at: 0)
    }
    lines += 1
    if lines < 3 { file.note(format: lines == 1 ? "OTLP/JSON" : "JSON lines") }
    window.consume(end)
    return true
  }

  /// How long the line is that the window begins with, without and with its end; nil where it is not
  /// closed by a bracket or too long to be looked for.
  private mutating func line() throws(FileError) -> (length: Int, end: Int)? {
    // Many documents on one line are not searched to its end each.
    var searched = linelessUntil > window.offset ? Int(linelessUntil - window.offset) : 0
    searched = min(searched, window.count)
    defer { linelessUntil = max(linelessUntil, window.offset + UInt64(searched)) }
    var end: Int?
    while true {
      end = window.find(0x0A, from: searched)
      if end != nil { break }
      searched = window.count
      guard searched < min(Self.maximumLineBytes, file.limit) else { return nil }
      if try !window.fill() { break }
    }
    let bytes = window.bytes
    var length = end ?? window.count
    while length > 0, Self.isSpace(bytes[length - 1]) { length -= 1 }
    guard length > 1, length <= file.limit, bytes[length - 1] == UInt8(ascii: "}") else {
      return nil
    }
    return (length, end.map { $0 + 1 } ?? window.count)
  }

  /// Whether the window begins a request, or a Jaeger document, at the beginning of a line: where a
  /// value is due, that is the record after one that ended too soon.
  private var beginsAnew: Bool {
    guard isAtLineStart, window.count > 0, window.bytes[0] == UInt8(ascii: "{") else {
      return false
    }
    return Self.beginsRequest(window.bytes) != nil || window.bytes.hasPrefix("{\"data\"")
  }

  /// What request the bytes begin, by its first member; nil where they begin something else.
  static func beginsRequest(_ line: WireBytes) -> RequestKind? {
    var place = 1
    while place < line.count, isSpace(line[place]) { place += 1 }
    // Safe: `place` is at most the count.
    let rest = unsafe WireBytes(line.address + place, count: line.count - place)
    if rest.hasPrefix("\"resourceSpans\"") || rest.hasPrefix("\"resource_spans\"") { return .spans }
    return rest.hasPrefix("\"resourceLogs\"") || rest.hasPrefix("\"resource_logs\"") ? .logs : nil
  }

  // MARK: - Documents

  /// What a member of a document holds, by its name.
  private enum Member {
    case resourceSpans, resourceLogs, jaegerTraces, partOfTrace, otherSignal, unknown

    init(_ name: WireBytes) {
      self =
        if name.elementsEqual("resourceSpans") || name.elementsEqual("resource_spans") {
          .resourceSpans
        } else if name.elementsEqual("resourceLogs") || name.elementsEqual("resource_logs") {
          .resourceLogs
        } else if name.elementsEqual("data") {
          .jaegerTraces
        } else if name.elementsEqual("traceID") || name.elementsEqual("spans")
          || name.elementsEqual("processes")
        {
          .partOfTrace
        } else if name.hasPrefix("resourceMetrics") || name.hasPrefix("resource_metrics") {
          .otherSignal
        } else {
          .unknown
        }
    }
  }

  /// Reads a document whose bracket the window begins with.
  private mutating func document() throws(FileError) {
    if try beginsTrace() {
      file.note(format: "Jaeger JSON")
      return _ = try take(.jaegerTraces)
    }
    let place = (line: window.line, byte: window.offset)
    var hasMembers = false
    var isKnown = false
    window.consume(1)
    while true {
      guard let byte = try next() else { return file.problem("cut off: an object is not closed") }
      if byte == UInt8(ascii: "}") {
        window.consume(1)
        break
      }
      if hasMembers {
        guard byte == UInt8(ascii: ",") else {
          return try leaveOut("expected a comma or }", isGap: true)
        }
        window.consume(1)
      }
      hasMembers = true
      guard let member = try member() else { return }
      if member != .unknown { isKnown = true }
      guard try value(of: member) else { return }
    }
    if hasMembers, !isKnown {
      file.add(
        FileProblem(
          line: place.line, byte: place.byte, "an object without resourceSpans or data is left out")
      )
    }
  }

  /// Whether the document is a single trace of Jaeger's.
  private func beginsTrace() throws(FileError) -> Bool {
    _ = try window.fill(to: 64)
    let bytes = window.bytes
    var place = 1
    while place < bytes.count, Self.isSpace(bytes[place]) { place += 1 }
    // Safe: `place` is at most the count.
    let rest = unsafe WireBytes(bytes.address + place, count: bytes.count - place)
    return rest.hasPrefix("\"traceID\"") || rest.hasPrefix("\"processes\"")
      || rest.hasPrefix("\"spans\"")
  }

  /// Reads a member's name and colon; nil, and said, where there is none.
  private mutating func member() throws(FileError) -> Member? {
    guard let quote = try next() else {
      file.problem("cut off: an object is not closed")
      return nil
    }
    guard quote == UInt8(ascii: "\"") else {
      try leaveOut("expected the name of a member", isGap: true)
      return nil
    }
    guard let length = try hold() else { return nil }
    // Safe: the string is in the window, with its quotes.
    let name = Member(unsafe WireBytes(window.bytes.address + 1, count: length - 2))
    window.consume(length)
    guard try next() == UInt8(ascii: ":") else {
      try leaveOut("expected a colon", isGap: true)
      return nil
    }
    window.consume(1)
    return name
  }

  /// Reads a member's value; false where the document cannot be followed any further.
  private mutating func value(of member: Member) throws(FileError) -> Bool {
    guard let byte = try next() else {
      file.problem("cut off: an object is not closed")
      return false
    }
    guard !beginsAnew else {
      try leaveOut("the line ends before its record does", isGap: true)
      return false
    }
    if byte == UInt8(ascii: "["), [.resourceSpans, .resourceLogs, .jaegerTraces].contains(member) {
      file.note(format: member == .jaegerTraces ? "Jaeger JSON" : "OTLP/JSON")
      return try elements(member)
    }
    if member == .otherSignal { file.noteOtherSignal() }
    guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "\"")
    else { return try passWord() }
    return try pass(JSONStructure())
  }

  private mutating func elements(_ member: Member) throws(FileError) -> Bool {
    window.consume(1)
    var isFirst = true
    while let byte = try next() {
      if byte == UInt8(ascii: "]") {
        window.consume(1)
        return true
      }
      if !isFirst {
        guard byte == UInt8(ascii: ",") else {
          try leaveOut("expected a comma or ]", isGap: true)
          return false
        }
        window.consume(1)
      }
      isFirst = false
      guard try next() == UInt8(ascii: "{"), !beginsAnew else {
        try leaveOut("expected another element", isGap: true)
        return false
      }
      guard try take(member) else { return false }
    }
    file.problem("cut off: a list is not closed")
    return false
  }

  /// Takes the object that the window begins with; false where its end was not found.
  private mutating func take(_ member: Member) throws(FileError) -> Bool {
    let before = window.offset
    guard let length = try hold() else {
      // An object that was too long is behind us, and the list goes on.
      return window.offset > before && !isLost
    }
    // Safe: the object is in the window.
    let object = unsafe WireBytes(window.bytes.address, count: length)
    let fault =
      switch member {
      case .jaegerTraces: try file.take(jaeger: object)
      case .resourceLogs: try file.take(jsonLogs: object, isElement: true)
      default: try file.take(json: object, isElement: true)
      }
    if let fault { file.problem(fault, at: 0) }
    window.consume(length)
    return true
  }

  // MARK: - Values

  /// Whether the last value's end was not found.
  private var isLost = false

  /// Fills until the value that the window begins with is whole, and returns its length; nil where it
  /// is none, or too long, which is said.
  private mutating func hold() throws(FileError) -> Int? {
    isLost = false
    var structure = JSONStructure()
    var scanned = 0
    while true {
      switch structure.scan(window.bytes, from: scanned) {
      case .end(let length): return length
      case .broken(let place):
        isLost = true
        try leaveOut("this record is broken at byte \(window.offset + UInt64(place))")
        return nil
      case .open:
        scanned = window.count
        guard scanned <= file.limit else {
          file.problem("a record longer than \(file.limit) bytes is left out")
          window.consume(scanned)
          isLost = try !pass(structure)
          return nil
        }
        guard try window.fill() else {
          isLost = true
          try leaveOut("cut off: this record is not closed")
          return nil
        }
      }
    }
  }

  /// Is done with a value of which some may be gone already; false where its end is not found.
  private mutating func pass(_ begun: JSONStructure) throws(FileError) -> Bool {
    var structure = begun
    while true {
      switch structure.scan(window.bytes, from: 0) {
      case .end(let length):
        window.consume(length)
        return true
      case .broken(let place):
        window.consume(place)
        try leaveOut("a bracket or quote that cannot stand here", isGap: true)
        return false
      case .open:
        window.consume(window.count)
        guard try window.fill() else {
          file.problem("cut off: a value is not closed")
          return false
        }
      }
    }
  }

  /// Is done with a number or a word.
  private mutating func passWord() throws(FileError) -> Bool {
    while try window.fill(to: 1) {
      let byte = window.bytes[0]
      if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || Self.isSpace(byte) {
        return true
      }
      window.consume(1)
    }
    return true
  }

  // MARK: - Places

  /// Moves to the next byte that is no white space and returns it; nil at the end.
  private mutating func next() throws(FileError) -> UInt8? {
    while true {
      let bytes = window.bytes
      var place = 0
      while place < bytes.count, Self.isSpace(bytes[place]) { place += 1 }
      if place > 0 {
        let isLine = bytes[place - 1] == 0x0A
        window.consume(place)
        if isLine { lineStart = window.offset }
      }
      if window.count > 0 { return window.bytes[0] }
      guard try window.fill() else { return nil }
    }
  }

  /// Whether the window begins a line.
  private var isAtLineStart: Bool { window.offset == lineStart }

  /// Reports the place and moves to the next line that begins an object, where records begin; with
  /// `isGap` that may be this one.
  private mutating func leaveOut(_ text: String, isGap: Bool = false) throws(FileError) {
    file.problem(text)
    if isGap, isAtLineStart, window.count > 0, window.bytes[0] == UInt8(ascii: "{") { return }
    while true {
      var from = 0
      while let end = window.find(0x0A, from: from) {
        guard end + 1 < window.count || window.isAtEnd else { break }
        if end + 1 < window.count, window.bytes[end + 1] == UInt8(ascii: "{") {
          return window.consume(end + 1)
        }
        from = end + 1
      }
      // A line end that is the last byte stays until what follows it is there.
      let isOpen = window.count > 0 && window.bytes[window.count - 1] == 0x0A
      window.consume(window.count - (isOpen && !window.isAtEnd ? 1 : 0))
      guard try window.fill() else { return window.consume(window.count) }
    }
  }

  /// White space, and the mark that begins a record of RFC 7464.
  @inline(__always)
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 || byte == 0x1E
  }
}
