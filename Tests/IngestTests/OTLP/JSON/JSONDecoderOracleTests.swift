import Foundation
import Oracle
import Store
import Support
import SwiftProtobuf
import Testing

@testable import Ingest

@Suite("TraceJSONDecoder beside swift-protobuf")
struct JSONDecoderOracleTests {
  typealias Request = DecoderProof.Request

  /// A request as swift-protobuf writes it in JSON, in one of its ways.
  private static func text(
    _ request: Request, _ random: inout SplitMix64
  ) throws -> [UInt8] {
    var options = JSONEncodingOptions()
    options.alwaysPrintEnumsAsInts = random.chance(50)
    options.alwaysPrintInt64sAsNumbers = random.chance(50)
    options.preserveProtoFieldNames = random.chance(30)
    return try request.jsonUTF8Bytes(options: options)
  }

  @Test("Every captured request, written as JSON, is held as swift-protobuf reads it")
  func everyCapture() throws {
    var random = SplitMix64.announced("JSON, captures")
    var proof = JSONProof()
    var count = 0
    for (name, bytes) in try DecoderOracleTests.bodies() {
      guard let request = try? Request(serializedBytes: bytes) else { continue }
      count += 1
      let text = try Self.text(request, &random)
      do throws(DecoderProof.Disagreement) {
        #expect(try proof.prove(text) == .equal, "\(name)")
      } catch {
        Issue.record("\(name): \(error)")
      }
    }
    #expect(count > 200)
  }

  @Test("Requests made at random, written as JSON, are held as swift-protobuf reads them")
  func randomRequests() throws {
    var requests = RandomRequests(.announced("JSON, random requests"))
    var proof = JSONProof()
    var outcomes: [DecoderProof.Outcome: Int] = [:]
    for run in 0..<1_500 {
      let request = try Request(serializedBytes: requests.request())
      guard let text = try? Self.text(request, &requests.random) else { continue }
      guard let outcome = agreed(&proof, text, run) else { return }
      outcomes[outcome, default: 0] += 1
    }
    #expect(outcomes.count == 1 && outcomes[.equal, default: 0] > 1_000, "\(outcomes)")
  }

  @Test("Broken JSON is refused where swift-protobuf refuses, and read alike where not")
  func mutatedRequests() throws {
    var requests = RandomRequests(.announced("JSON, mutated requests"))
    var mutations = JSONMutations(random: SplitMix64(seed: requests.random.next()))
    var proof = JSONProof()
    var outcomes: [DecoderProof.Outcome: Int] = [:]
    for run in 0..<4_000 {
      let request = try Request(serializedBytes: requests.request())
      guard let text = try? Self.text(request, &requests.random) else { continue }
      guard let outcome = agreed(&proof, mutations.mutate(text), run) else { return }
      outcomes[outcome, default: 0] += 1
    }
    print("mutated JSON requests: \(outcomes)")
    #expect(outcomes[.equal, default: 0] > 100 && outcomes[.refused, default: 0] > 100)
  }

  private func agreed(
    _ proof: inout JSONProof, _ text: [UInt8], _ run: Int
  ) -> DecoderProof.Outcome? {
    do throws(DecoderProof.Disagreement) {
      return try proof.prove(text)
    } catch {
      Issue.record(
        "run \(run): \(error.description.prefix(2_000))\n\(String(decoding: text.prefix(4_000), as: UTF8.self))"
      )
      return nil
    }
  }
}

/// JSON text changed as a careless sender or a bad line might change it.
struct JSONMutations {
  private var random: SplitMix64
  private var bytes: Mutations

  init(random: SplitMix64) {
    self.random = random
    bytes = Mutations(random: SplitMix64(seed: self.random.next()))
  }

  /// Pieces of JSON that are put in place of others, or between them.
  private static let pieces = [
    "null", "[]", "{}", "true", "\"\"", "-1", "1e3", "1.5", "0.0", "-0", "01", "1e999", "NaN",
    "\"NaN\"", "\"-Infinity\"", "\"12\"", "18446744073709551615", "18446744073709551616",
    "-9223372036854775808", "\"1.0\"", "9007199254740993", "123456789012345678901234567890",
    "2.2250738585072011e-308", "1e-400", "[null]", "{\"x\":[1,{\"y\":null}]}", "\"\\u0041\"",
    "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\udc00x\"", "\"\\x\"", "\"SPAN_KIND_SERVER\"",
    "\"NO_SUCH_NAME\"", " ", "\n\t", ",", ":", "\"unknown\":1,", "\u{1}", "]", "}", "[", "{",
  ]

  mutating func mutate(_ text: [UInt8]) -> [UInt8] {
    guard random.chance(70) else { return bytes.mutate(text, with: text) }
    // At a place where a value or a member begins, most of the time.
    let places = text.indices.filter { [0x3A, 0x2C, 0x5B, 0x7B].contains(text[$0]) }
    guard let place = places.isEmpty ? nil : random.pick(places) else { return text }
    let piece = Array(random.pick(Self.pieces).utf8)
    let start = place + 1
    var end = start
    if random.chance(70) {
      // In place of a plain value.
      while end < text.count, ![0x2C, 0x5D, 0x7D, 0x3A].contains(text[end]) { end += 1 }
    }
    return Array(text[..<start]) + piece + Array(text[end...])
  }
}
