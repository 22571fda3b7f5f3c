import Foundation
import Ingest
import Store
import Testing

/// Where a person finds each attribute that ContextForge writes.
@Suite("ContextForge's attributes")
struct GatewayAttributeTests {
  /// Reads reference lines: `<span> (count): key:type, key:type?, …`.
  private func listed() throws -> [(span: String, keys: [String])] {
    let file = CapturedTraffic.fixtures.appending(path: "contextforge-span-attributes.txt")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      guard let colon = line.firstRange(of: "): ") else { return ("", []) }
      let span = String(line[..<colon.lowerBound].split(separator: " (")[0])
      let keys = line[colon.upperBound...].split(separator: ", ").map { word in
        // The type follows the last colon; the key itself may have some.
        String(word.split(separator: ":").dropLast().joined(separator: ":"))
      }
      return (span, keys)
    }.filter { !$0.keys.isEmpty }
  }

  /// A place on screen beside the list of a span's attributes, where all of them are.
  private func place(of key: String) -> String? {
    let vocabulary = Vocabulary.standard
    for dimension in Dimension.allCases
    where vocabulary.dimensions[dimension]?.contains(key) == true {
      return "dimension \(dimension.name)"
    }
    for measure in KeyMeaning.Measure.allCases
    where vocabulary.measures[measure]?.contains(key) == true {
      return "amount \(measure.rawValue)"
    }
    for clue in KeyMeaning.Clue.allCases where vocabulary.clues[clue]?.contains(key) == true {
      return "evidence \(clue.rawValue)"
    }
    if let field = Self.ofStory[key] { return "story \(field)" }
    return key.hasPrefix("cpex.control.results.<name>.") ? "story filters" : nil
  }

  /// The attributes that a request's story is told from.
  private static let ofStory: [String: String] = [
    "tool.name": "subject", "tool.integration_type": "subject", "prompt.id": "subject",
    "langfuse.observation.prompt.name": "subject", "resource.uri": "subject",
    "resource.type": "subject", "a2a.agent.name": "subject",
    "a2a.agent.type": "subject", "url.full": "upstream", "plugin.name": "filters",
    "controls.artifact.name": "filters",
    "plugin.mode": "filters", "controls.enforcement.mode": "filters",
    "plugin.hook.type": "filters", "plugin.modified_payload": "filters",
    "cpex.control.name": "filters", "cpex.control.status": "filters",
    "cpex.control.hook_name": "filters", "cpex.control.mode": "filters",
    "cpex.control.enforcement_point": "filters", "cpex.control.duration_ns": "filters",
    "cpex.control.payload_modified": "filters", "cpex.control.plugin_error": "filters",
    "cpex.control.result.requested_allowed": "filters", "cpex.control.truncated": "filters",
    "cpex.control.result.reason": "denial", "cpex.control.result.error_code": "denial",
    "total_detections": "filters", "total_masked": "filters", "detection_types": "filters",
    "stage": "filters",
  ]

  @Test("Each is held, shown among its span's attributes, and selected by a filter on it")
  func everyOne() throws {
    let traffic = try CapturedTraffic("contextforge")
    // Every key that any captured span has, with one value and the traces that have it.
    var known: [String: (value: AttributeValue, traces: Set<UInt64>)] = [:]
    for number in traffic.snapshot.traceNumbers {
      for span in traffic.snapshot.storySpans(of: TraceNumber(number)) {
        for attribute in span.record.attributes {
          known[attribute.key, default: (attribute.value, [])].traces.insert(number)
        }
      }
    }
    var missing: [String] = []
    for (span, keys) in try listed() {
      for key in keys {
        // The name of a plugin stands for any; one that was there stands for it.
        let real =
          key.contains("<name>")
          ? known.keys.sorted().first {
            $0.hasPrefix("cpex.control.results.") && $0.hasSuffix(String(key.dropFirst(28)))
          } ?? key : key
        guard let entry = known[real] else {
          missing.append("\(span) \(key)")
          continue
        }
        let filter = try FilterParser.parse("\(Self.quoted(real))?")
        let selected = LiveQuery(filter: filter).update(to: traffic.snapshot, now: traffic.now)
        #expect(Set(selected.traces.map(\.rawValue)) == entry.traces, "\(span) \(key)?")
      }
    }
    // What the captures at hand do not have: other runs of the gateway had it.
    #expect(missing.sorted() == Self.elsewhere)
  }

  private static let elsewhere = [
    "cpex.control.result cpex.control.result.error_code",
    "cpex.control.result cpex.control.result.reason",
    "cpex.control.summary cpex.control.agent.id", "plugin.execute controls.artifact.name",
    "plugin.execute controls.enforcement.mode",
  ]

  /// A key as a filter writes it whatever is in it.
  private static func quoted(_ key: String) -> String { "\"\(key)\"" }

  @Test("Each that the story of a request is told from changes a story when it is left out")
  func told() throws {
    let traffic = try CapturedTraffic("contextforge")
    let keys = Set(try listed().flatMap(\.keys)).filter {
      let place = place(of: $0)
      return place?.hasPrefix("story") == true || place?.hasPrefix("dimension") == true
    }
    #expect(Set(Self.ofStory.keys).isSubset(of: keys), "told of, and not in the reference")
    var left = keys.filter { !$0.contains("<name>") }
    for number in traffic.snapshot.traceNumbers where !left.isEmpty {
      let spans = traffic.snapshot.storySpans(of: TraceNumber(number))
      let story = RequestStory(spans: spans)
      let here = left.filter { key in
        spans.contains { $0.record.attributes.contains { $0.key == key } }
      }
      for key in here {
        var changed = spans
        for index in changed.indices {
          changed[index].record.attributes.removeAll { $0.key == key }
        }
        if RequestStory(spans: changed) != story { left.remove(key) }
      }
    }
    // Of these the captures at hand have none, or none that says something which nothing else says.
    #expect(left.sorted() == Self.untold)
  }

  private static let untold = [
    "controls.artifact.name", "controls.enforcement.mode", "cpex.control.enforcement_point",
    "cpex.control.result.error_code", "cpex.control.result.reason",
    "cpex.control.result.requested_allowed", "cpex.control.status", "llm.provider.type",
  ]

  @Test("Each has a place where a person would look for it")
  func placed() throws {
    let keys = Set(try listed().flatMap(\.keys)).sorted()
    let table = keys.map { key in
      let place = place(of: key) ?? "attributes of the span"
      return key + String(repeating: " ", count: max(1, 44 - key.count)) + place + "\n"
    }.joined()
    try StoryTable.expect(table, toBe: "contextforge-attributes")
  }
}
