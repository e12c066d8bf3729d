#include "tlog/note.hpp"

#include <gtest/gtest.h>

#include "tlog/checkpoint.hpp"
#include "tlog/cosignature.hpp"

namespace yijuan::tlog {
namespace {

// The example of C2SP's signed-note specification.
constexpr std::string_view kExampleKey =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view kExampleNote =
    "This is an example message.\n\n"
    "— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    "\n";

SigningKey key_of(std::uint8_t number, std::string name, KeyType type = KeyType::note) {
  Seed seed{};
  seed[0] = number;
  return SigningKey(std::move(name), type, seed);
}

TEST(Note, OfTheSpecificationVerifies) {
  const auto key = VerifierKey::parse(kExampleKey);
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->text(), kExampleKey);
  EXPECT_EQ(key->id(), 0x530d903aU);
  const auto text = open_note(kExampleNote, *key);
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(*text, "This is an example message.\n");
  const auto note = parse_note(kExampleNote);
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(format_note(*note), kExampleNote);
}

TEST(Note, FailsToVerifyWithAnyByteChanged) {
  const auto key = VerifierKey::parse(kExampleKey);
  for (std::size_t at = 0; at < kExampleNote.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed(kExampleNote);
      changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
      EXPECT_FALSE(open_note(changed, *key).has_value()) << at;
    }
  }
}

TEST(Note, KeysWithAnyByteChangedAreRefused) {
  for (std::size_t at = 0; at < kExampleKey.size(); ++at) {
    std::string changed(kExampleKey);
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(VerifierKey::parse(changed).has_value()) << at;
  }
  for (const char* bad :
       {"", "a", "a+b", "a++", "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcr"}) {
    EXPECT_FALSE(VerifierKey::parse(bad).has_value()) << bad;
  }
}

TEST(Note, SignaturesOfUnknownKeysArePassedOver) {
  const SigningKey known = key_of(1, "known.example");
  Note note = *parse_note(sign_note("text\n", known));
  for (std::uint8_t i = 0; i < 20; ++i) {
    const SigningKey stranger = key_of(i, "stranger.example");
    const Signature wrong = stranger.sign(as_bytes("something else"));
    note.signatures.insert(note.signatures.begin(), {"stranger.example", stranger.verifier().id(),
                                                     Bytes(wrong.begin(), wrong.end())});
  }
  // The name of a known key under another id is an unknown key too.
  note.signatures.push_back({"known.example", known.verifier().id() ^ 1, Bytes(64)});
  const auto text = open_note(format_note(note), known.verifier());
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(*text, "text\n");
}

TEST(Note, IsRefusedIfOneKnownKeyDoesNotFit) {
  const SigningKey first = key_of(1, "first.example");
  const SigningKey second = key_of(2, "second.example");
  Note note = *parse_note(sign_note("text\n", first));
  const std::array known{first.verifier(), second.verifier()};
  EXPECT_EQ(verify_note(note, known)->size(), 1U);
  note.signatures.push_back({"second.example", second.verifier().id(), Bytes(64)});
  EXPECT_EQ(verify_note(note, known).error(), make_error_code(TlogErrc::bad_signature));
  note.signatures.back().bytes.pop_back();
  EXPECT_EQ(verify_note(note, known).error(), make_error_code(TlogErrc::bad_signature));
  EXPECT_EQ(verify_note(note, {}).error(), make_error_code(TlogErrc::not_signed));
}

TEST(Note, OfAnotherShapeIsRefused) {
  const std::string good = sign_note("text\n", key_of(1, "a.example"));
  ASSERT_TRUE(parse_note(good).has_value());
  for (const std::string& bad :
       {std::string(), std::string("\n\n"), std::string("text\n"), std::string("text\n\n"),
        std::string("text\n\nsignature\n"), good.substr(0, good.size() - 1), good + "\n",
        "\x01" + good, "\xFF" + good, "te\rxt" + good, good + "— a.example AAAA\n",
        good + "— a+b AAAAAAA=\n", good + "—  AAAAAAA=\n", good + "- a.example AAAAAAA=\n"}) {
    EXPECT_FALSE(parse_note(bad).has_value()) << bad;
  }
  std::string many = good;
  for (std::size_t i = 0; i < kMostSignatures - 1; ++i) many += "— b.example AAAAAAA=\n";
  EXPECT_TRUE(parse_note(many).has_value());
  EXPECT_FALSE(parse_note(many + "— b.example AAAAAAA=\n").has_value());
}

TEST(Note, TextMayHoldEmptyLines) {
  const SigningKey key = key_of(1, "a.example");
  EXPECT_EQ(*open_note(sign_note("one\n\n\ntwo\n", key), key.verifier()), "one\n\n\ntwo\n");
}

TEST(Checkpoint, IsReadOnlyInItsOneForm) {
  const SigningKey key = key_of(1, "ledger.example/box/b1/0123abcd");
  Checkpoint checkpoint{.origin = key.verifier().name, .size = 7, .root = {9}};
  const std::string note = sign_checkpoint(checkpoint, key);
  const auto opened = open_checkpoint(note, key.verifier());
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(*opened, checkpoint);

  const std::string root = to_base64(checkpoint.root);
  for (const std::string& bad :
       {std::string(), "o\n7\n" + root, "o\n07\n" + root + "\n", "o\n-7\n" + root + "\n",
        "o\n+7\n" + root + "\n", "o\n\n" + root + "\n", "\n7\n" + root + "\n",
        "o\n7\n" + root.substr(4) + "\n", "o\n7\n" + root + "\nmore\n",
        "o\n18446744073709551616\n" + root + "\n", "a b\n7\n" + root + "\n",
        std::string("o\n7\n\n")}) {
    EXPECT_FALSE(parse_checkpoint(bad).has_value()) << bad;
  }
}

TEST(Checkpoint, OfAnotherLogIsRefusedThoughItsKeySigned) {
  const SigningKey key = key_of(1, "ledger.example/box/b1/0123abcd");
  const Checkpoint other{.origin = "ledger.example/box/b2/0123abcd", .size = 7, .root = {9}};
  const std::string note = sign_note(write_checkpoint(other), key);
  EXPECT_EQ(open_checkpoint(note, key.verifier()).error(), make_error_code(TlogErrc::wrong_origin));
  EXPECT_EQ(open_checkpoint(note, key_of(2, key.verifier().name).verifier()).error(),
            make_error_code(TlogErrc::not_signed));
}

TEST(Cosignature, SaysWhoSawTheCheckpointAndWhen) {
  const SigningKey log = key_of(1, "ledger.example/box/b1/0123abcd");
  const SigningKey cosigner = key_of(2, "ledger.example/cosigner", KeyType::cosignature);
  const std::string note =
      sign_checkpoint({.origin = log.verifier().name, .size = 7, .root = {9}}, log);
  const WallTime time = *parse_rfc3339("2026-10-17T01:02:03.999Z");
  const auto cosigned = cosign(note, cosigner, time);
  ASSERT_TRUE(cosigned.has_value());
  EXPECT_TRUE(cosigned->starts_with(note));
  EXPECT_TRUE(open_checkpoint(*cosigned, log.verifier()).has_value());
  EXPECT_EQ(*cosigned_at(*cosigned, cosigner.verifier()),
            *parse_rfc3339("2026-10-17T01:02:03.000Z"));
  EXPECT_EQ(cosigned_at(note, cosigner.verifier()).error(), make_error_code(TlogErrc::not_signed));
  EXPECT_EQ(*cosign(note, cosigner, time), *cosigned);
  EXPECT_FALSE(cosign("no note", cosigner, time).has_value());
}

TEST(Cosignature, CoversTheTimeAndTheText) {
  const SigningKey log = key_of(1, "ledger.example/box/b1/0123abcd");
  const SigningKey cosigner = key_of(2, "ledger.example/cosigner", KeyType::cosignature);
  const std::string note =
      sign_checkpoint({.origin = log.verifier().name, .size = 7, .root = {9}}, log);
  Note cosigned = *parse_note(*cosign(note, cosigner, WallTime(std::chrono::seconds(1000))));
  const std::array known{cosigner.verifier()};
  ASSERT_TRUE(verify_note(cosigned, known).has_value());
  for (std::size_t at = 0; at < cosigned.signatures[1].bytes.size(); ++at) {
    Note changed = cosigned;
    changed.signatures[1].bytes[at] ^= 1;
    EXPECT_FALSE(verify_note(changed, known).has_value()) << at;
  }
  cosigned.text[0] = 'x';
  EXPECT_FALSE(verify_note(cosigned, known).has_value());
}

// A plain signature made by a cosigner's key over a forged "cosignature" text must not count: the
// key's type is part of its id.
TEST(Cosignature, AndNoteKeysOfTheSameBytesHaveDifferentIds) {
  EXPECT_NE(key_of(2, "x.example").verifier().id(),
            key_of(2, "x.example", KeyType::cosignature).verifier().id());
  const VerifierKey key = key_of(2, "x.example", KeyType::cosignature).verifier();
  EXPECT_EQ(*VerifierKey::parse(key.text()), key);
}

TEST(SeedFile, IsReadBackAndNothingElseIs) {
  Seed seed{};
  seed[31] = 200;
  const std::string content = write_seed_file(seed);
  EXPECT_EQ(*parse_seed_file(content), seed);
  for (std::size_t length = 0; length < content.size(); ++length) {
    EXPECT_FALSE(parse_seed_file(content.substr(0, length)).has_value());
  }
  EXPECT_FALSE(parse_seed_file(content + "\n").has_value());
  EXPECT_FALSE(parse_seed_file("yijuan-seed-v1 AAAA\n").has_value());
  EXPECT_EQ(epoch_id_of(public_key_of(seed)).size(), 8U);
}

}  // namespace
}  // namespace yijuan::tlog
