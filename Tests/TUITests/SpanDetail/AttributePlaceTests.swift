import Foundation
import Store
import Testing

@testable import TUI

/// Where a person finds each attribute that ContextForge writes, by drawing captured requests.
@Suite("ContextForge's attributes on screen")
struct AttributePlaceTests {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

  /// Reads reference lines: `<span> (count): key:type, key:type?, …`; each key once.
  private static func listed() throws -> [String] {
    let file = fixtures.appendingPathComponent("contextforge-span-attributes.txt")
    var keys: Set<String> = []
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      guard let colon = line.firstRange(of: "): ") else { continue }
      for word in line[colon.upperBound...].split(separator: ", ") {
        keys.insert(word.split(separator: ":").dropLast().joined(separator: ":"))
      }
    }
    return keys.filter { !$0.isEmpty }.sorted()
  }

  /// The screen with one span selected, tall enough for all of its details.
  private func opened(_ trace: [SpanRecord], at span: SpanID) -> ScreenDriver? {
    var driver = ScreenDriver(
      [trace], size: Size(rows: 400, columns: 240), now: Captures.moment(after: [trace]))
    driver.press("Enter")
    for _ in 0..<400 {
      if driver.state.trace?.waterfall.selectedSpan?.spanID == span { return driver }
      driver.press("j")
    }
    return nil
  }

  /// Every place where the screen has the attribute: the panes of the details by their headings, the
  /// columns of the list.
  private func places(
    of key: String, _ value: String, in driver: ScreenDriver
  ) -> [String] {
    guard let document = driver.state.trace?.document(context(driver)) else { return [] }
    var places: [String] = []
    for item in document.items where item.kind == .pair && item.value == value {
      let isNamed = item.key == key
      let isAsked = item.field == .attribute(key)
      switch item.section {
      case .attributes where isNamed: places.append("attrs")
      case .call where isAsked || isDimension(item.field, key): places.append("call: \(item.key)")
      default: break
      }
    }
    return places
  }

  private func isDimension(_ field: Filter.Field?, _ key: String) -> Bool {
    guard case .dimension(let dimension)? = field, let known = dimension.vocabulary else {
      return false
    }
    return Vocabulary.standard.dimensions[known]?.contains(key) ?? false
  }

  private func context(_ driver: ScreenDriver) -> ViewContext {
    ViewContext(
      snapshot: driver.snapshot, now: driver.now, glyphs: driver.state.glyphs,
      zone: driver.state.zone, stories: driver.state.stories)
  }

  private static func column(of key: String) -> String? {
    for column in ListColumn.allCases {
      guard case .dimension(let dimension)? = column.filterField,
        let known = dimension.vocabulary,
        Vocabulary.standard.dimensions[known]?.contains(key) == true
      else { continue }
      return "list \(column.header)"
    }
    return nil
  }

  @Test("Each is drawn, by its name and value, and where the table says")
  func everyOne() throws {
    var traces: [String: (trace: [SpanRecord], span: SpanRecord)] = [:]
    for trace in Captures.all {
      for span in trace {
        for attribute in span.attributes where traces[attribute.key] == nil {
          traces[attribute.key] = (trace, span)
        }
      }
    }
    var drivers: [SpanID: ScreenDriver] = [:]
    var table = ""
    for key in try Self.listed() {
      let wanted = key.replacing("<name>", with: "")
      let real =
        traces[key] == nil && key.contains("<name>")
        ? traces.keys.sorted().first {
          $0.hasPrefix("cpex.control.results.")
            && $0.hasSuffix(String(wanted.dropFirst("cpex.control.results.".count)))
        } ?? key : key
      guard let (trace, span) = traces[real] else {
        table += "\(key)  (not in these captures)\n"
        continue
      }
      let driver = try #require(drivers[span.spanID] ?? opened(trace, at: span.spanID))
      drivers[span.spanID] = driver
      let value = ValueText.line(span.attributes.first { $0.key == real }?.value ?? .empty)
      let places = places(of: real, value, in: driver) + [Self.column(of: real)].compactMap { $0 }
      #expect(places.contains("attrs"), "\(real)")
      // What is drawn, not only what could be.
      let shown = driver.screen.split(separator: "\n").contains { line in
        line.contains(real.suffix(24)) && (value.isEmpty || line.contains(value.prefix(12)))
      }
      #expect(shown, "\(real) = \(value.prefix(40)) is not on the screen")
      // And a filter on it keeps the request.
      let filter = try FilterParser.parse("\"\(real)\"?")
      let found = LiveQuery(filter: filter).update(to: driver.snapshot, now: driver.now)
      #expect(found.traces.count == 1, "\(real)?")
      table += "\(key)  \(places.joined(separator: ", "))\n"
    }
    try expectScreen(String(table.dropLast()), "contextforge-attribute-places")
  }
}
