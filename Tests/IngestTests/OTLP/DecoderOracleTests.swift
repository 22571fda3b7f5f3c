import Foundation
import Store
import Support
import Testing

@Suite("TraceRequestDecoder beside swift-protobuf")
struct DecoderOracleTests {
  private static var captures: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/captures")
  }

  /// Every captured request, by its path.
  static func bodies() throws -> [(name: String, bytes: [UInt8])] {
    let files = try FileManager.default.subpathsOfDirectory(atPath: captures.path())
    return try files.filter { $0.hasSuffix(".bin") }.sorted().map { name in
      (name, Array(try Data(contentsOf: captures.appending(path: name))))
    }
  }

  @Test("Every captured request is held as swift-protobuf reads it")
  func everyCapture() throws {
    let bodies = try Self.bodies()
    #expect(bodies.count > 200)
    var proof = DecoderProof()
    for (name, bytes) in bodies {
      do throws(DecoderProof.Disagreement) {
        let outcome = try proof.prove(bytes)
        #expect(outcome == .equal || outcome == .repaired, "\(name)")
      } catch {
        Issue.record("\(name): \(error)")
      }
    }
  }

  @Test("Requests made at random are held as swift-protobuf reads them")
  func randomRequests() {
    var requests = RandomRequests(.announced("decoder, random requests"))
    var proof = DecoderProof()
    var outcomes: [DecoderProof.Outcome: Int] = [:]
    for run in 0..<3_000 {
      let body = requests.request()
      guard let outcome = agreed(&proof, body, run) else { return }
      outcomes[outcome, default: 0] += 1
    }
    // Whatever the generator makes is well-formed.
    #expect(outcomes == [.equal: 3_000])
  }

  @Test("Broken requests are refused where swift-protobuf refuses, and read alike where not")
  func mutatedRequests() throws {
    var requests = RandomRequests(.announced("decoder, mutated requests"))
    var mutations = Mutations(random: SplitMix64(seed: requests.random.next()))
    let captures = try Self.bodies().map(\.bytes).filter { $0.count < 20_000 }
    var proof = DecoderProof()
    var outcomes: [DecoderProof.Outcome: Int] = [:]
    for run in 0..<4_000 {
      let body = run % 4 == 0 ? requests.random.pick(captures) : requests.request()
      let mutated = mutations.mutate(body, with: requests.request())
      guard let outcome = agreed(&proof, mutated, run) else { return }
      outcomes[outcome, default: 0] += 1
    }
    print("mutated requests: \(outcomes)")
    #expect(outcomes[.equal, default: 0] > 100 && outcomes[.refused, default: 0] > 100)
  }

  private func agreed(
    _ proof: inout DecoderProof, _ body: [UInt8], _ run: Int
  ) -> DecoderProof.Outcome? {
    do throws(DecoderProof.Disagreement) {
      return try proof.prove(body)
    } catch {
      let hex = body.map { String(format: "%02x", $0) }.joined()
      Issue.record("run \(run): \(error.description.prefix(6_000))\nbody \(hex.prefix(4_000))")
      return nil
    }
  }
}
