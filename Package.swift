// swift-tools-version: 6.2
import PackageDescription

/// One place for the compiler settings of every target of ours.
let strict: [SwiftSetting] = [
  // `any P` is written out, so a boxed call is visible where it costs.
  .enableUpcomingFeature("ExistentialAny"),
  // What a module re-exports is a decision, not an accident.
  .enableUpcomingFeature("InternalImportsByDefault"),
  // A member is visible only where its module is imported.
  .enableUpcomingFeature("MemberImportVisibility"),
  // Conformances are isolated where their types are.
  .enableUpcomingFeature("InferIsolatedConformances"),
  // `async` functions stay on their caller's actor.
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  // `weak let` is a value that can be captured by Sendable closures.
  .enableUpcomingFeature("ImmutableWeakCaptures"),
  // Each use of an unsafe construct carries the word `unsafe`.
  .strictMemorySafety(),
  // A warning that may stay is a warning that nobody reads.
  .treatAllWarnings(as: .error),
]

/// For the rooms that spans go through one by one. A release build leaves out the checks at run time
/// for overlapping access to class properties, a sixth of the time to decode and append; debug
/// builds, and so the tests, keep them.
let dataPath: [SwiftSetting] =
  strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

/// Addresses that are filled in at the start are packed: 2.6 MB less to read before the first line of
/// the program. Lines of source are left out of the program, names of functions are not.
let lean: [LinkerSetting] = [
  .unsafeFlags(
    [
      "-use-ld=lld", "-Xlinker", "--pack-dyn-relocs=relr", "-Xlinker", "-z", "-Xlinker",
      "pack-relative-relocs", "-Xlinker", "--strip-debug",
    ], .when(platforms: [.linux], configuration: .release))
]

let package = Package(
  name: "tracetop",
  products: [
    .executable(name: "tracetop", targets: ["tracetop"]),
    // For the benchmark package, which is apart so that a user's build never pays for it.
    .library(name: "TracetopRooms", targets: ["Store", "Ingest", "TUI"]),
    // For the fuzzer, a package of its own for the same reason.
    .library(name: "TracetopFuzzTargets", targets: ["FuzzTargets"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(name: "CNcurses"),
    .systemLibrary(name: "CDeflate"),
    .systemLibrary(name: "CPrefetch"),
    .systemLibrary(name: "CZstd"),
    .systemLibrary(name: "CZlib"),
    .systemLibrary(name: "CSodium"),
    .systemLibrary(name: "CYaml"),
    // One loop over bytes, which in a debug build would be most of what the tests take.
    .target(name: "CNeedle", cSettings: [.unsafeFlags(["-O2"])]),
    .target(name: "Store", dependencies: ["CNeedle", "CPrefetch"], swiftSettings: dataPath),
    .target(
      name: "Ingest",
      dependencies: [
        "Store", "CDeflate", "CZlib", "CZstd", "CSodium",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      exclude: ["Watch/tracetop.proto"],
      swiftSettings: dataPath),
    .target(
      name: "Configuration",
      dependencies: ["Ingest", "Store", "CYaml"],
      swiftSettings: strict),
    .target(
      name: "Journal",
      dependencies: [
        "Store", "Ingest", "CZstd", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(name: "TUI", dependencies: ["Store", "CNcurses"], swiftSettings: strict),
    .executableTarget(
      name: "tracetop",
      dependencies: [
        "Store", "Ingest", "Journal", "TUI", "Configuration",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict,
      linkerSettings: lean),

    // swift-protobuf's generated code: what the decoder is compared with, in tests alone.
    .target(
      name: "Oracle",
      dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      path: "Tests/Oracle"),
    .target(name: "Support", dependencies: ["Store"], path: "Tests/Support", swiftSettings: strict),
    // Everything that reads foreign bytes, for the fuzzer and for its short form among the tests.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Configuration", "Ingest", "Journal", "Store", "CDeflate", "CZstd",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      path: "Tests/FuzzTargets", swiftSettings: strict),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzTargets", "Support"], swiftSettings: strict),
    .testTarget(name: "StoreTests", dependencies: ["Store", "Support"], swiftSettings: strict),
    .testTarget(
      name: "IngestTests",
      dependencies: [
        "Ingest", "Store", "Support", "Oracle", "CZlib", "CZstd",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "JournalTests",
      dependencies: [
        "Journal", "Ingest", "Store", "Support", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ConfigurationTests", dependencies: ["Configuration", "Ingest", "Store", "Support"],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests", dependencies: ["tracetop", "Configuration", "Ingest", "Store", "TUI"],
      swiftSettings: strict),
    .testTarget(
      name: "TUITests", dependencies: ["TUI", "Store", "Ingest", "Support"],
      exclude: ["Screens/Goldens"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
