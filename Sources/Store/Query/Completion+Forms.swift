/// What the language has beyond keys and values: places, braces, relations, counts.
extension Completion {
  /// What follows braces: how other spans stand to those in them, or how many they are.
  static let relations: [(text: String, note: String)] = [
    (">> {", "that have a descendant"), ("> {", "that have a child"),
    ("~ {", "that have a sibling"), ("<< {", "that have an ancestor"),
    ("< {", "that have a parent"), ("| count() >", "how many spans"),
  ]

  /// Where a key can be looked up, and what else begins so.
  private static let openings: [(text: String, note: String)] = [
    ("span.", "on the span alone"), ("resource.", "on its resource"), ("event.", "on its events"),
    ("scope.", "on its scope"), ("root.", "on the trace's root"),
    ("trace.", "on any span, inside braces too"), ("count() >", "how many spans"),
  ]

  /// The openings that begin with what was typed.
  static func openings(_ typed: String) -> [(text: String, note: String)] {
    openings.filter { $0.text.hasPrefix(typed) && $0.text != typed }
  }

  /// Keys behind a place's prefix: what the place has of its own, then the keys seen.
  static func placed(_ typed: String, _ seen: [String]) -> [String] {
    guard let place = Filter.Place(prefixOf: typed) else { return [] }
    let own = Filter.Intrinsic.allCases.map(\.rawValue).filter {
      $0.hasPrefix("\(place.rawValue).")
    }
    return own + ranked(seen).map { "\(Filter.Field.attribute($0, in: place))" }
  }
}

extension Filter.Intrinsic {
  /// Whether it is written with a place's prefix.
  var isOfPlace: Bool { self == .scopeName || self == .scopeVersion || self == .eventName }
}
