import Store
import Testing

@testable import Ingest

@Suite("SignalCounter")
struct SignalCounterTests {
  @Test("Log records are counted over all resources and scopes")
  func logs() throws {
    var writer = WireWriter()
    for scopes in [[2, 3], [1]] {
      writer.message(1) { (writer: inout WireWriter) in
        writer.message(1) { (writer: inout WireWriter) in writer.string(9, "resource") }
        for records in scopes {
          writer.message(2) { (writer: inout WireWriter) in
            for _ in 0..<records { writer.bytes(2, [0x0A, 1, 65]) }
          }
        }
      }
    }
    #expect(try SignalCounter.logRecords(in: MessageBytes(writer.bytes)) == 6)
  }

  @Test("Data points are counted over all kinds of metrics")
  func metrics() throws {
    var writer = WireWriter()
    writer.message(1) { (writer: inout WireWriter) in
      writer.message(2) { (writer: inout WireWriter) in
        for kind in [5, 7, 9, 10, 11] {
          writer.message(2) { (writer: inout WireWriter) in
            writer.string(1, "name")
            writer.message(kind) { (writer: inout WireWriter) in
              writer.bytes(1, [])
              writer.bytes(1, [])
            }
          }
        }
      }
    }
    #expect(try SignalCounter.dataPoints(in: MessageBytes(writer.bytes)) == 10)
  }

  @Test("What is not protobuf is refused with a byte offset")
  func malformed() {
    #expect(throws: WireError(.truncated, offset: 2)) {
      try SignalCounter.logRecords(in: MessageBytes([0x0A, 5, 1]))
    }
  }
}
