import Store
import Support
import Testing

@testable import TUI

/// Screens of the explorer on files.
@Suite("Files on screen")
struct FilesScreenTests {
  private static func file(
    _ name: String, read: UInt64, of bytes: UInt64?, spans: UInt64, isDone: Bool = false
  ) -> FileReading.File {
    var file = FileReading.File(name: name)
    file.format = "JSON lines, gzip"
    file.bytesRead = read
    file.bytes = bytes
    file.spans = spans
    file.isDone = isDone
    return file
  }

  private static func status(_ files: [FileReading.File]) -> SourceStatus {
    var status = SourceStatus()
    status.connection = .file(files.count == 1 ? files[0].name : "\(files.count) files")
    status.reading = FileReading(files: files)
    return status
  }

  /// Two files, the second with more that is broken than a screen has rows.
  private static var broken: [FileReading.File] {
    var second = file("b.jsonl", read: 900, of: 900, spans: 41, isDone: true)
    second.problems = (1...40).map { "line \($0), byte \($0 * 120): expected an object" }
    second.problemCount = 1_234
    return [file("a.jsonl", read: 500, of: 500, spans: 1_204, isDone: true), second]
  }

  @Test(
    "While a file is read a bar says how far, and nothing else moves",
    arguments: [Size(rows: 24, columns: 80), Size(rows: 40, columns: 120)])
  func reading(_ size: Size) throws {
    var driver = ScreenDriver(Gateway.traces, size: size)
    driver.send(
      .source(
        Self.status([
          Self.file("done.jsonl", read: 4 << 20, of: 4 << 20, spans: 9_000, isDone: true),
          Self.file("traces-of-last-night.jsonl", read: 3 << 20, of: 12 << 20, spans: 61_000),
        ])))
    try expectScreen(driver.screen, "reading-\(size.columns)x\(size.rows)")
  }

  @Test("A pipe has no end that could be said, so what came is")
  func pipe() {
    var driver = ScreenDriver(Gateway.traces)
    driver.send(.source(Self.status([Self.file("stdin", read: 3 << 20, of: nil, spans: 61_000)])))
    #expect(
      driver.row(22)
        == " reading stdin                                               3.0 MiB  61k spans")
  }

  @Test(
    "Before the first span the list says what is being read, and afterwards that there was none")
  func empty() {
    var driver = ScreenDriver()
    driver.send(.source(Self.status([Self.file("a.jsonl", read: 10, of: 100, spans: 0)])))
    #expect(driver.screen.contains("Reading a.jsonl"))
    driver.send(
      .source(Self.status([Self.file("a.jsonl", read: 100, of: 100, spans: 0, isDone: true)])))
    #expect(driver.screen.contains("No spans in a.jsonl"))
  }

  @Test("What was left out is said on the status line, and listed with its place")
  func problems() throws {
    var driver = ScreenDriver(Gateway.traces)
    driver.send(.source(Self.status(Self.broken)))
    #expect(
      driver.row(22)
        == " b.jsonl line 1, byte 120: expected an object  (1,233 more; i lists)")
    driver.press("i")
    try expectScreen(driver.screen, "files-80x24")
    driver.press("G")
    #expect(driver.row(21).contains("and 1,194 more"))
    driver.press("i")
    #expect(driver.state.screen == .traces)
    driver.press("i", "q")
    #expect(driver.state.screen == .traces)
  }

  @Test("Writing asks for the traces of the list, or for the one that is open; the answer is shown")
  func writing() throws {
    var driver = ScreenDriver(Gateway.traces)
    driver.press("w")
    #expect(driver.effects.last == .write(driver.state.list.traces, joinsTraces: true))
    var status = Self.status([Self.file("a", read: 1, of: 1, spans: 1, isDone: true)])
    status.answer = .init(number: 1, text: "wrote 1 trace, 6 spans to x.jsonl", isError: false)
    driver.send(.source(status))
    #expect(driver.row(22) == " wrote 1 trace, 6 spans to x.jsonl")
    driver.press("j")
    #expect(driver.row(22).isEmpty)
    // The same answer again is none.
    driver.send(.source(status))
    #expect(driver.row(22).isEmpty)
    let number = try #require(driver.state.list.selected)
    driver.press("Enter", "w")
    #expect(driver.effects.last == .write([number], joinsTraces: true))
  }

  @Test(
    "Where nothing was read from a file the list of files says so, and an empty list writes nothing"
  )
  func elsewhere() {
    var driver = ScreenDriver()
    driver.press("i")
    #expect(driver.row(22).contains("nothing was read from a file"))
    driver.press("w")
    #expect(driver.row(22).contains("there is no trace here to write"))
  }
}
