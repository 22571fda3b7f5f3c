import Testing

@testable import TUI

@Suite("What a collector says of itself")
struct CollectorReportTests {
  @Test("The journal is off, read, written or broken in a word or two")
  func journal() {
    let marks: [(CollectorReport.Journal?, String?, StyleRole?)] = [
      (nil, nil, nil), (.off, "no journal", .dim), (.opening, "journal opening", .dim),
      (.on(bytes: 12 << 20), "journal 12 MiB", .dim),
      (.replaying(250, of: 1_000), "journal 25% read", .text),
      (.replaying(0, of: 0), "journal 100% read", .text),
      (.broken("read-only"), "journal read-only", .error),
    ]
    for (journal, text, role) in marks {
      let mark = CollectorReport(journal: journal).journalMark
      #expect(mark?.text == text)
      #expect(mark?.role == role)
    }
  }

  @Test("What was refused is on the status line, and the help says what it means")
  func losses() {
    var source = SourceStatus()
    source.connection = .attached("unix:/run/x.sock")
    source.collector = CollectorReport(
      journal: .on(bytes: 1 << 20),
      losses: [.init(name: "overloaded", count: 1_234, meaning: "requests to be sent again")],
      memory: .init(bytes: 3 << 20, budget: 64 << 20))
    let help = HelpState(screen: .traces, collector: source.collector)
    let lines = help.groups(Glyphs.set(isASCII: true)).flatMap(\.self)
    #expect(lines.contains(.topic("The collector")))
    #expect(lines.contains(.key(keys: "memory", help: "3.0 MiB of 64 MiB are taken")))
    #expect(lines.contains(.key(keys: "1,234", help: "requests to be sent again")))
    #expect(
      !HelpState(screen: .traces).groups(Glyphs.set(isASCII: true)).flatMap(\.self).contains(
        .topic("The collector")))
  }
}
