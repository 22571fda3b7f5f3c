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
    var run = 0
    // Short texts, each changed several times: a change is read alike or not, whatever stands around it.
    while run < 1_200 {
      let request = try Request(serializedBytes: requests.request())
      guard let text = try? Self.text(request, &requests.random), (200...3_000).contains(text.count)
      else { continue }
      let tokens = JSONTokens(text)
      for _ in 0..<12 {
        run += 1
        guard let outcome = agreed(&proof, mutations.mutate(tokens), run) else { return }
        outcomes[outcome, default: 0] += 1
      }
    }
    print("mutated JSON requests: \(outcomes)")
    #expect(outcomes[.equal, default: 0] > 300 && outcomes[.refused, default: 0] > 300)
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
