#include "drivers/scanner/key_decoder.hpp"

#include <algorithm>
#include <array>

namespace yijuan::scanner {
namespace {

struct Key {
  int code;
  char plain, shifted;
};

constexpr std::array<Key, 48> kKeys = {{
    {KEY_1, '1', '!'},          {KEY_2, '2', '@'},           {KEY_3, '3', '#'},
    {KEY_4, '4', '$'},          {KEY_5, '5', '%'},           {KEY_6, '6', '^'},
    {KEY_7, '7', '&'},          {KEY_8, '8', '*'},           {KEY_9, '9', '('},
    {KEY_0, '0', ')'},          {KEY_MINUS, '-', '_'},       {KEY_EQUAL, '=', '+'},
    {KEY_Q, 'q', 'Q'},          {KEY_W, 'w', 'W'},           {KEY_E, 'e', 'E'},
    {KEY_R, 'r', 'R'},          {KEY_T, 't', 'T'},           {KEY_Y, 'y', 'Y'},
    {KEY_U, 'u', 'U'},          {KEY_I, 'i', 'I'},           {KEY_O, 'o', 'O'},
    {KEY_P, 'p', 'P'},          {KEY_LEFTBRACE, '[', '{'},   {KEY_RIGHTBRACE, ']', '}'},
    {KEY_A, 'a', 'A'},          {KEY_S, 's', 'S'},           {KEY_D, 'd', 'D'},
    {KEY_F, 'f', 'F'},          {KEY_G, 'g', 'G'},           {KEY_H, 'h', 'H'},
    {KEY_J, 'j', 'J'},          {KEY_K, 'k', 'K'},           {KEY_L, 'l', 'L'},
    {KEY_SEMICOLON, ';', ':'},  {KEY_APOSTROPHE, '\'', '"'}, {KEY_GRAVE, '`', '~'},
    {KEY_BACKSLASH, '\\', '|'}, {KEY_Z, 'z', 'Z'},           {KEY_X, 'x', 'X'},
    {KEY_C, 'c', 'C'},          {KEY_V, 'v', 'V'},           {KEY_B, 'b', 'B'},
    {KEY_N, 'n', 'N'},          {KEY_M, 'm', 'M'},           {KEY_COMMA, ',', '<'},
    {KEY_DOT, '.', '>'},        {KEY_SLASH, '/', '?'},       {KEY_SPACE, ' ', ' '},
}};

// The number block, which some scanners type on; num lock is on for them.
constexpr std::array<Key, 15> kBlock = {{
    {KEY_KP0, '0', '0'},
    {KEY_KP1, '1', '1'},
    {KEY_KP2, '2', '2'},
    {KEY_KP3, '3', '3'},
    {KEY_KP4, '4', '4'},
    {KEY_KP5, '5', '5'},
    {KEY_KP6, '6', '6'},
    {KEY_KP7, '7', '7'},
    {KEY_KP8, '8', '8'},
    {KEY_KP9, '9', '9'},
    {KEY_KPDOT, '.', '.'},
    {KEY_KPMINUS, '-', '-'},
    {KEY_KPPLUS, '+', '+'},
    {KEY_KPSLASH, '/', '/'},
    {KEY_KPASTERISK, '*', '*'},
}};

std::optional<char> character(int code, bool shift) {
  for (const Key& key : kKeys) {
    if (key.code == code) return shift ? key.shifted : key.plain;
  }
  for (const Key& key : kBlock) {
    if (key.code == code) return key.plain;
  }
  return std::nullopt;
}

}  // namespace

void KeyDecoder::reset() {
  *this = KeyDecoder();
}

std::optional<std::string> KeyDecoder::press(int code, Instant at) {
  if (last_ && at - *last_ > kKeyTimeout) {
    text_.clear();
    spoiled_ = false;
  }
  last_ = at;
  if (code == KEY_ENTER || code == KEY_KPENTER) {
    std::optional<std::string> whole;
    if (!spoiled_ && !text_.empty()) whole = std::move(text_);
    text_.clear();
    spoiled_ = false;
    last_.reset();
    return whole;
  }
  const auto typed = character(code, left_shift_ || right_shift_);
  if (!typed || text_.size() == kLongestText) spoiled_ = true;
  if (typed && !spoiled_) text_ += *typed;
  return std::nullopt;
}

std::optional<std::string> KeyDecoder::feed(const input_event& event, Instant at) {
  if (event.type == EV_SYN && event.code == SYN_DROPPED) {
    spoiled_ = true;
    left_shift_ = right_shift_ = false;
    last_ = at;
  }
  if (event.type != EV_KEY) return std::nullopt;
  if (event.code == KEY_LEFTSHIFT) left_shift_ = event.value != 0;
  if (event.code == KEY_RIGHTSHIFT) right_shift_ = event.value != 0;
  const bool shift = event.code == KEY_LEFTSHIFT || event.code == KEY_RIGHTSHIFT;
  if (shift || event.value != 1) return std::nullopt;
  return press(event.code, at);
}

}  // namespace yijuan::scanner
