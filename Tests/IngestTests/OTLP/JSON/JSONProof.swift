import Foundation
import Oracle
import Store
import SwiftProtobuf

@testable import Ingest

/// Puts requests in OTLP/JSON before the decoder and swift-protobuf, and says where they disagree.
///
/// swift-protobuf reads protobuf's JSON mapping, where ids are base64; the decoder is given the same
/// text with its ids as hexadecimal digits.
struct JSONProof {
  typealias Request = DecoderProof.Request
  typealias Disagreement = DecoderProof.Disagreement
  typealias Outcome = DecoderProof.Outcome

  // Kept from body to body, as an event loop keeps them.
  private var decoder = TraceJSONDecoder()
  private let batch = SpanBatch()
  private let options = {
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    return options
  }()

  /// `text` has base64 ids.
  mutating func prove(_ text: [UInt8]) throws(Disagreement) -> Outcome {
    let hexadecimal = Self.hexadecimal(text)
    let request: Request
    do {
      request = try Request(jsonUTF8Bytes: text, options: options)
    } catch {
      return try refusal(of: hexadecimal, error)
    }
    let store = Store(budgetBytes: 256 << 20)
    var result: AppendResult?
    if let error = decode(hexadecimal, { result = store.append($0) }) {
      // swift-protobuf passes over unknown strings without a look, and takes single digits of base64
      // for no bytes.
      if [.string, .hexadecimal, .base64].contains(error.reason) { return .skipped }
      throw Disagreement(description: "refused: \(error)")
    }
    try DecoderProof.compare(store, result, with: request)
    try proveTranscoding(hexadecimal, request)
    return .equal
  }

  /// What viewers are sent of it means the same.
  private func proveTranscoding(
    _ body: [UInt8], _ request: Request
  ) throws(Disagreement) {
    guard let bytes = try? JSONTranscoder.request(MessageBytes(body)).bytes,
      let transcoded = try? OracleReading.spans(bytes)
    else { throw Disagreement(description: "not transcoded") }
    let expected = OracleReading.spans(request)
    guard transcoded == expected else {
      throw Disagreement(description: "transcoded: \(Self.difference(transcoded, expected))")
    }
  }

  /// The members in which spans differ, with what was read and what was sent.
  private static func difference(_ read: [SpanRecord], _ sent: [SpanRecord]) -> String {
    guard read.count == sent.count else { return "\(read.count) spans, not \(sent.count)" }
    return zip(read, sent).filter { $0 != $1 }.flatMap { read, sent in
      zip(Mirror(reflecting: read).children, Mirror(reflecting: sent).children).compactMap {
        "\($0.value)" == "\($1.value)" ? nil : "\($0.label ?? ""): \($0.value), not \($1.value)"
      }
    }.joined(separator: "\n")
  }

  private mutating func refusal(
    of body: [UInt8], _ refusal: any Error
  ) throws(Disagreement) -> Outcome {
    var repaired = 0
    guard let error = decode(body, { repaired = $0.repairedStrings }) else {
      if repaired > 0 { return .repaired }
      // Two members of a oneof: the last holds here.
      if case JSONDecodingError.conflictingOneOf = refusal { return .skipped }
      // A name that is not UTF-8 is no field's, and passed over here.
      if case JSONDecodingError.invalidUTF8 = refusal { return .skipped }
      throw Disagreement(description: "the decoder took what swift-protobuf refuses: \(refusal)")
    }
    guard (0...body.count).contains(error.offset) else {
      throw Disagreement(description: "offset \(error.offset) is outside of \(body.count) bytes")
    }
    return .refused
  }

  /// Decodes and hands on the batch while the body lives.
  mutating func decode(_ body: [UInt8], _ use: (SpanBatch) -> Void) -> JSONError? {
    unsafe body.withUnsafeBytes { bytes in
      do throws(JSONError) {
        unsafe try decoder.decode(bytes, into: batch)
        use(batch)
        return nil
      } catch {
        return error
      }
    }
  }

  // MARK: - Ids

  private static let idNames = [
    "\"traceId\"", "\"spanId\"", "\"parentSpanId\"", "\"trace_id\"", "\"span_id\"",
    "\"parent_span_id\"",
  ].map { Array($0.utf8) }

  /// The text with every id that is base64 as hexadecimal digits; other bytes stay as they are.
  ///
  /// Looks at bytes, in one pass: this runs for thousands of texts, some of which are no text.
  static func hexadecimal(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count * 2)
    var at = 0
    while at < text.count {
      guard text[at] == UInt8(ascii: "\""), let value = idValue(in: text, at: at) else {
        result.append(text[at])
        at += 1
        continue
      }
      result += text[at..<value.lowerBound]
      let base64 = String(decoding: text[value], as: UTF8.self)
        .replacingOccurrences(of: "\\/", with: "/")
      // Foundation is lenient about padding: what it writes is what is meant.
      let data = Data(base64Encoded: base64).flatMap {
        $0.base64EncodedString() == base64 ? $0 : nil
      }
      if let data {
        for byte in data {
          result += [byte >> 4, byte & 15].map { $0 < 10 ? 0x30 + $0 : 0x57 + $0 }
        }
      } else {
        // What is no base64 must not pass for hexadecimal digits.
        result.append(UInt8(ascii: "?"))
        result += text[value]
      }
      result.append(UInt8(ascii: "\""))
      at = value.upperBound + 1
    }
    return result
  }

  /// Where the value of an id stands whose name begins at a quote, if it is a string of what base64 is
  /// made of; nil for anything else.
  private static func idValue(in text: [UInt8], at quote: Int) -> Range<Int>? {
    guard let name = idNames.first(where: { text[quote...].starts(with: $0) }) else { return nil }
    var at = quote + name.count
    func skipBlanks() {
      while at < text.count, [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D].contains(text[at]) { at += 1 }
    }
    skipBlanks()
    guard at < text.count, text[at] == UInt8(ascii: ":") else { return nil }
    at += 1
    skipBlanks()
    guard at < text.count, text[at] == UInt8(ascii: "\"") else { return nil }
    at += 1
    let start = at
    while at < text.count, isOfBase64(text[at]) { at += 1 }
    return at < text.count && text[at] == UInt8(ascii: "\"") ? start..<at : nil
  }

  private static func isOfBase64(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x41...0x5A, 0x61...0x7A, 0x30...0x39: true
    default: [0x2B, 0x2F, 0x5C, 0x3D, 0x5F, 0x20, 0x2D].contains(byte)
    }
  }
}
