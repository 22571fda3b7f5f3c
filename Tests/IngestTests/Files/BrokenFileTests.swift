import Ingest
import Store
import Support
import Testing

/// Files that are broken, cut off, hostile or too long.
@Suite("Broken files")
struct BrokenFileTests {
  private static func line(_ number: Int) -> String {
    let id = String(repeating: "0", count: 31) + "\(number)"
    return
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"\#(id)","spanId":"00000000000000a1","name":"n\#(number)"}]}]}]}"#
  }

  private static func names(_ scene: FileScene) -> [String] { scene.spans.map(\.name) }

  @Test("A broken line is said with its place and left out, the others are read")
  func brokenLine() throws {
    let cut = String(Self.line(2).prefix(60))
    let text = [
      Self.line(1), cut, Self.line(3), "garbage", "", Self.line(4).replacing("00a1", with: "zz"),
      "{}", #"{"other":1}"#, Self.line(5),
    ].joined(separator: "\n")
    let scene = try FileScene(Array(text.utf8))
    #expect(Self.names(scene) == ["n1", "n3", "n5"])
    #expect(
      scene.problems == [
        "line 2, byte 146: this record is broken at byte 189",
        "line 4, byte 319: expected an object",
        "line 6, byte 393: an id must be hexadecimal, two digits for each byte",
        "line 8, byte 478: an object without resourceSpans or data is left out",
      ])
  }

  @Test("A line that ends anywhere costs itself alone")
  func everyCut() throws {
    let middle = Self.line(2)
    for length in 1..<middle.utf8.count {
      let text = [Self.line(1), String(middle.prefix(length)), Self.line(3), Self.line(4)]
        .joined(separator: "\n")
      let scene = try FileScene(Array(text.utf8))
      #expect(Self.names(scene) == ["n1", "n3", "n4"], "cut after \(length)")
      #expect(scene.report.problemCount == 1, "cut after \(length): \(scene.problems)")
    }
  }

  @Test("A broken element of a document is left out, the others are read")
  func brokenElement() throws {
    let text = """
      {
        "resourceSpans": [
          {"scopeSpans": [{"spans": [{"traceId": "00000000000000000000000000000001", "spanId": "01"}]}]},
          {"scopeSpans": [{"spans": [{"traceId": "xx", "spanId": "0000000000000001"}]}]},
          {"scopeSpans": [{"spans": [{"traceId": "00000000000000000000000000000003", "spanId": "0000000000000001", "name": "good"}]}]}
        ]
      }
      """
    let scene = try FileScene(Array(text.utf8))
    #expect(Self.names(scene) == ["good"])
    #expect(
      scene.problems == [
        "line 3, byte 25: 1 span left out: span_id must be 8 bytes and not zero",
        "line 4, byte 166: an id must be hexadecimal, two digits for each byte",
      ])
    #expect(scene.report.spansRejected == 1)
  }

  @Test("A message with a length in front that is broken is left out, the others are read")
  func brokenFrame() throws {
    let captured = try CapturedRequests("envoy")
    for isVarint in [false, true] {
      var bad = captured
      bad.bodies[1] = [0x0A, 0x7F, 0x0A, 0x00]
      let bytes = bad.framed(isVarint: isVarint)
      let first = bad.bodies[0].count
      let head = isVarint ? (first < 128 ? 1 : 2) : 4
      let second = head + first + (isVarint ? 1 : 4)
      let scene = try FileScene(bytes)
      #expect(scene.problems == ["byte \(second + 2): the message ends inside a field"])
      #expect(scene.report.records == UInt64(captured.bodies.count - 1))
    }
  }

  @Test("A field of a request that is broken is left out, the others are read")
  func brokenField() throws {
    let captured = try CapturedRequests("envoy")
    let bad: [UInt8] = [0x0A, 0x02, 0x0A, 0x7F]
    let bytes = captured.bodies[0] + bad + captured.bodies[1...].joined()
    let scene = try FileScene(bytes)
    #expect(scene.spans == captured.spans)
    #expect(
      scene.problems == ["byte \(captured.bodies[0].count + 4): the message ends inside a field"])
  }

  @Test(
    "Cut off at any byte: what came before is read, and the loss is said",
    arguments: ["json", "protobuf", "varint", "word"])
  func truncation(_ form: String) throws {
    var captured = try CapturedRequests("envoy")
    captured.bodies = Array(captured.bodies.prefix(3))
    let bytes: [UInt8] =
      switch form {
      case "json": Array(captured.lines.joined())
      case "protobuf": Array(captured.bodies.joined())
      case "varint": captured.framed(isVarint: true)
      default: captured.framed(isVarint: false)
      }
    let whole = try FileScene(bytes).spans
    for length in stride(from: 0, to: bytes.count, by: 7) {
      let scene = try FileScene(Array(bytes.prefix(length)))
      #expect(scene.spans.count <= whole.count)
      // Where a record ends, nothing is missing that could be known of.
      if scene.error == nil, length > 0 {
        #expect(scene.spans.allSatisfy(whole.contains), "\(length)")
      }
    }
  }

  @Test("Compressed bytes that are cut off are read as far as they go, and the loss is said")
  func cutCompression() throws {
    let captured = try CapturedRequests("plano")
    let text = Array(captured.lines.joined())
    for packed in [Packing.gzip(text), Packing.zstd(text)] {
      let half = try FileScene(Array(packed.prefix(packed.count / 2)))
      #expect(half.error == nil)
      #expect(half.spans.count > 100)
      #expect(half.spans.allSatisfy(captured.spans.contains))
      let last = try #require(half.problems.last)
      #expect(last.contains("data is cut off at byte \(packed.count / 2) of the file"))
      var changed = packed
      for index in packed.count / 2..<packed.count / 2 + 8 { changed[index] ^= 0x5A }
      let broken = try FileScene(changed)
      #expect(broken.report.problemCount > 0)
      #expect(broken.spans.count > 100)
    }
    let trailed = try FileScene(Packing.gzip(text) + Array("trailing".utf8))
    #expect(trailed.spans == captured.spans)
    #expect(trailed.report.problemCount == 1)
  }

  @Test("No change of bytes makes a reader fail, whatever the format")
  func mutations() throws {
    let captured = try CapturedRequests("envoy")
    let seed = UInt64.random(in: .min ... .max)
    var mutations = Mutations(random: SplitMix64(seed: seed))
    let small = Array(captured.bodies.prefix(4))
    var files: [[UInt8]] = [
      Array(small.joined()), captured.framed(isVarint: true), captured.framed(isVarint: false),
      Array(captured.lines.joined()), try captured.document(), Array(JaegerFileTests.document.utf8),
    ]
    files += [Packing.gzip(files[3]), Packing.zstd(files[3])]
    for round in 0..<400 {
      let file = files[round % files.count]
      let scene = try FileScene(mutations.mutate(file, with: files[(round + 1) % files.count]))
      #expect(scene.report.spans <= 10_000, "seed \(seed)")
    }
  }

  @Test("A record longer than the limit is left out, and what follows it is read")
  func tooLong() throws {
    let long = Self.line(2).replacing("n2", with: String(repeating: "x", count: 300_000))
    let text = [Self.line(1), long, Self.line(3)].joined(separator: "\n")
    let scene = try FileScene(Array(text.utf8), maximumRecordBytes: 4_096)
    #expect(Self.names(scene) == ["n1", "n3"])
    #expect(scene.problems.count == 1)
    #expect(scene.problems[0].hasSuffix("a record longer than 4096 bytes is left out"))
    var captured = try CapturedRequests("envoy")
    let all = captured.bodies
    captured.bodies.insert([0x0A, 0x90, 0x4E] + [UInt8](repeating: 0, count: 10_000), at: 1)
    for bytes in [
      captured.framed(isVarint: true), captured.framed(isVarint: false),
      Array(captured.bodies.joined()),
    ] {
      let scene = try FileScene(bytes, maximumRecordBytes: 9_000)
      #expect(scene.problems.count == 1)
      #expect(scene.problems.first?.contains("longer than 9000, is left out") == true)
      #expect(scene.report.spans > 0)
    }
    #expect(all.count == captured.bodies.count - 1)
  }

  @Test("Nested without end, or inflated without end, is no trouble")
  func bombs() throws {
    let deep =
      Self.line(1) + "\n" + #"{"resourceSpans":["#
      + String(repeating: #"{"resource":"#, count: 100_000)
    let nested = try FileScene(Array((deep + "\n" + Self.line(3)).utf8))
    #expect(Self.names(nested) == ["n1", "n3"])
    let list =
      #"{"resourceSpans":[{"a":"# + String(repeating: "[", count: 200_000)
      + String(repeating: "]", count: 200_000) + "}]}"
    let lists = try FileScene(Array("\(Self.line(1))\n\(list)\n\(Self.line(3))".utf8))
    #expect(Self.names(lists) == ["n1", "n3"])
    #expect(lists.problems.first?.contains("nested deeper than 100 levels") == true)
    // 64 MiB of blanks, of which nothing is held.
    let blanks = Packing.gzip([UInt8](repeating: 0x20, count: 64 << 20))
    let bomb = try FileScene(Packing.gzip(Array("\(Self.line(1))\n".utf8)) + blanks)
    #expect(Self.names(bomb) == ["n1"])
  }
}
