import Store

/// Reads what every signal has: resources, scopes, attributes, and text that is not UTF-8.
///
/// Source: opentelemetry/proto/{common,resource}/v1. Holds nothing: a copy costs nothing.
struct CommonDecoder {
  /// Takes a resource into the batch and returns its number there; `place` is where it stands.
  func resource(
    _ message: WireBytes, _ schemaURL: WireBytes, _ place: WireReader, _ batch: SpanBatch
  ) throws(WireError) -> Int {
    let mark = batch.beginOrigin()
    let message = try mended(.resource, message, place, depth: 97, batch)
    var reader = place.nested(message)
    while !reader.isAtEnd {
      let tag = try reader.tag()
      // repeated KeyValue attributes = 1;
      if tag == 10 {
        let run = try reader.bytes()
        guard !batch.isFullOfAttributes else { throw reader.error(.tooLarge) }
        try attribute(reader.nested(run), depth: 96, of: .resource, into: batch)
      } else {
        try reader.skip(tag, depth: WireReader.maximumDepth - 2)
      }
    }
    return batch.finishResource(from: mark, message: message, schemaURL: schemaURL)
  }

  /// Takes the scope with a number that the batch gave out already.
  func scope(
    _ number: Int, _ message: WireBytes, _ schemaURL: WireBytes, _ place: WireReader,
    _ batch: SpanBatch
  ) throws(WireError) {
    let mark = batch.beginOrigin()
    let message = try mended(.scope, message, place, depth: 96, batch)
    var reader = place.nested(message)
    var name = WireBytes.empty
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 10: name = try reader.bytes()  // string name = 1;
      case 26:  // repeated KeyValue attributes = 3;
        let run = try reader.bytes()
        guard !batch.isFullOfAttributes else { throw reader.error(.tooLarge) }
        try attribute(reader.nested(run), depth: 95, of: .scope, into: batch)
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth - 3)
      }
    }
    batch.finishScope(
      number, from: mark, message: message, schemaURL: schemaURL, name: name)
  }
}
