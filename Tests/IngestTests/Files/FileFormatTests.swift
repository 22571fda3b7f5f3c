import Ingest
import Store
import Testing

/// Each format with the gateways' requests in it, whole and compressed.
@Suite("Files of every format")
struct FileFormatTests {
  enum Form: String, CaseIterable {
    case protobuf, varint, word, lines, document, list, concatenated, byteOrderMark
  }
  enum Wrap: String, CaseIterable { case plain, gzip, members, zstd, frames }

  private static func bytes(_ form: Form, of captured: CapturedRequests) throws -> [UInt8] {
    switch form {
    case .protobuf: Array(captured.bodies.joined())
    case .varint: captured.framed(isVarint: true)
    case .word: captured.framed(isVarint: false)
    case .lines: Array(captured.lines.joined())
    case .document: try captured.document()
    case .list:
      Array("[".utf8) + captured.lines.joined(separator: Array(", ".utf8)) + Array("]\n".utf8)
    case .concatenated: Array(captured.lines.map { $0.dropLast() }.joined())
    case .byteOrderMark: [0xEF, 0xBB, 0xBF] + (try captured.document())
    }
  }

  private static func wrap(_ bytes: [UInt8], _ wrap: Wrap) -> [UInt8] {
    let (first, second) = (
      Array(bytes.prefix(bytes.count / 3)), Array(bytes.dropFirst(bytes.count / 3))
    )
    return switch wrap {
    case .plain: bytes
    case .gzip: Packing.gzip(bytes)
    case .members: Packing.gzip(first) + Packing.gzip(second) + [0, 0, 0]
    case .zstd: Packing.zstd(bytes)
    case .frames: Packing.zstd(first) + Packing.zstd(second)
    }
  }

  @Test(
    "Gateways' requests come out of each format as they came over the wire",
    arguments: Form.allCases)
  func everyForm(_ form: Form) throws {
    let captured = try CapturedRequests("plano", "envoy")
    let bytes = try Self.bytes(form, of: captured)
    for wrap in Wrap.allCases {
      let scene = try FileScene(Self.wrap(bytes, wrap))
      #expect(scene.error == nil)
      #expect(scene.problems == [], "\(form) \(wrap)")
      // A document's members are sorted by their names, so spans may come in another order.
      #expect(scene.spans == captured.spans, "\(form) \(wrap)")
    }
  }

  @Test("What compression a message of its own has is seen message by message")
  func compressedFrames() throws {
    let captured = try CapturedRequests("envoy")
    // The Collector's file exporter writes JSON so where it compresses.
    let bytes = captured.lines.flatMap { line in
      let packed = Packing.zstd(Array(line.dropLast()))
      return [0, 0, UInt8(packed.count >> 8), UInt8(packed.count & 0xFF)] + packed
    }
    let scene = try FileScene(bytes)
    #expect(scene.problems == [])
    #expect(scene.report.format == "length-prefixed messages, zstd each")
    #expect(scene.spans == captured.spans)
  }

  @Test(
    "What a file is is said",
    arguments: [
      (Form.protobuf, Wrap.plain, "protobuf"), (.varint, .gzip, "length-prefixed protobuf, gzip"),
      (.lines, .plain, "JSON lines"), (.document, .zstd, "OTLP/JSON, zstd"),
    ])
  func names(_ form: Form, _ wrap: Wrap, _ name: String) throws {
    let captured = try CapturedRequests("envoy")
    let scene = try FileScene(Self.wrap(try Self.bytes(form, of: captured), wrap))
    #expect(scene.report.format == name)
  }

  @Test("A file of any other kind is refused in one sentence")
  func garbage() throws {
    for bytes in [
      Array("#!/bin/sh\necho hello\n".utf8), [UInt8](repeating: 0xFF, count: 100),
      Array("PK\u{3}\u{4}".utf8), Array("plain text\n".utf8), [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0],
      Array("%PDF-1.7\n".utf8), [0x0A, 0xFF], Array("{x".utf8), Array("\"text\"".utf8),
    ] {
      let scene = try FileScene(bytes)
      #expect(
        scene.error
          == "cannot read traces: neither OTLP (protobuf, JSON, JSON lines) nor Jaeger's JSON")
      #expect(scene.spans == [])
    }
  }

  @Test("An empty file is empty, and so is one of blanks; a file that is not there is said")
  func nothing() throws {
    for bytes in [[], Array(" \n\n".utf8), Packing.gzip([])] {
      let scene = try FileScene(bytes)
      #expect(scene.error == nil)
      #expect(scene.report.format == "empty")
      #expect(scene.problems == [])
    }
    #expect(throws: FileError("cannot read /nowhere/x: No such file or directory")) {
      try FileInput(path: "/nowhere/x")
    }
    #expect(throws: FileError("cannot read /tmp: it is a folder")) { try FileInput(path: "/tmp") }
  }

  @Test("Documents of metrics are passed over and counted")
  func otherSignals() throws {
    let text = #"{"resourceLogs":[{"scopeLogs":[]}]}"# + "\n" + #"{"resourceMetrics":[]}"# + "\n"
    let scene = try FileScene(Array(text.utf8))
    #expect(scene.report.otherSignals == 1)
    #expect(scene.report.logs == 0)
    #expect(scene.problems == [])
  }
}
