import Support
import Testing

@testable import Store

@Suite("ValueReference")
struct ValueReferenceTests {
  @Test("Small integers stand in the reference itself, to the last one of 29 bits")
  func smallIntegers() {
    let edge: Int64 = 1 << 28
    for integer in [0, 1, -1, 200, -200, edge - 1, -edge, edge / 2, -edge / 2] as [Int64] {
      let reference = ValueReference.small(integer)
      #expect(reference?.kind == .smallInteger)
      #expect(reference?.smallInteger == integer)
    }
    for integer in [edge, -edge - 1, .max, .min] as [Int64] {
      #expect(ValueReference.small(integer) == nil)
    }
  }

  @Test("Kind and payload come back as they went in")
  func parts() {
    let kinds: [ValueReference.Kind] = [
      .string, .smallInteger, .wideInteger, .double, .constant, .bytes, .array, .keyValues,
    ]
    for kind in kinds {
      for payload in [0, 1, 12_345, ValueReference.payloadMask] {
        let reference = ValueReference(kind, payload)
        #expect(reference.kind == kind)
        #expect(reference.payload == payload)
        #expect(ValueReference(rawValue: reference.rawValue) == reference)
      }
    }
    #expect(Set([ValueReference.empty, .no, .yes]).count == 3)
  }

  @Test("Every kind of value is read back from a segment as it was sent")
  func values() {
    let values: [AttributeValue] = [
      .empty, .string(""), .string("東京"), .bool(true), .bool(false), .int(0), .int(-1),
      .int(1 << 28), .int(1 << 28 - 1), .int(.max), .int(.min), .double(0), .double(-0.0),
      .double(.nan), .double(.infinity), .double(200), .bytes([]), .bytes([0, 255]),
      .array([]), .array([.int(1), .empty, .array([.string("a")])]),
      .keyValues([]), .keyValues([Attribute("k", .bool(true)), Attribute("k", .empty)]),
    ]
    let scene = StoreScene()
    let span = SpanRecord(
      traceID: TraceID(high: 1, low: 1), spanID: SpanID(1), name: "values",
      start: UnixNanos(1), end: UnixNanos(2),
      attributes: values.enumerated().map { Attribute("key \($0.offset % 5)", $0.element) })
    scene.receive([span])
    let snapshot = scene.snapshot()
    let number = TraceNumber(snapshot.traceNumbers.lowerBound)
    let records = snapshot.references(of: number).map { snapshot.record(of: $0) }
    #expect(records == [span])
  }
}
