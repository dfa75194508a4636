#version 300 es
// In: one frame of pixel cells (PS3.5 8.1.1), an affine map from screen pixels to image pixels.
// Out: grey or colour as 8 bits, opaque; outside the image and on padding black.
// Clause: PS3.3 C.11.1 (modality), C.11.2 (VOI), C.7.6.3.1.2 (photometric), C.7.5.1.1.2 (padding).

// Variants are made by #define, set behind the first line by the host, so that what an image does
// not have costs nothing. Cells: none of them (integers up to 16 bits), CELLS_DEEP (up to 32),
// CELLS_FLOAT, CELLS_COLOUR, CELLS_PALETTE. VOI: none of them (LINEAR), VOI_EXACT, VOI_SIGMOID,
// VOI_LUT. Further: INTERPOLATED, PADDED, MODALITY_LUT, MASKED. A software GL runs both sides of
// every branch: so what a view can be is a variant, and what varies in it is arithmetic.
#if defined(CELLS_COLOUR) || defined(CELLS_PALETTE)
#define IN_COLOUR
#endif
#ifdef CELLS_FLOAT
#define PADDED // what is no number is shown as padding
#define CELL float
#else
#define CELL uint
#endif

precision highp float;
precision highp int;
precision highp sampler2D;
precision highp usampler2D;

const float GREY_LEVELS = 255.0;
const float HALF_UP = 0.5 + 1.0 / 1024.0; // of a level: what lies halfway goes up on every host
const vec4 BLACK = vec4(0.0, 0.0, 0.0, 1.0);

uniform bool invert;
uniform vec2 viewport_center_px; // framebuffer pixels, y up
uniform vec2 image_center_px; // the image point under the viewport's centre, y down
uniform vec2 image_px_per_screen_px_right; // the step in the image for one pixel to the right
uniform vec2 image_px_per_screen_px_down;

invariant out vec4 grey; // no host may reorder or fuse the arithmetic that leads here

#if defined(MODALITY_LUT) || defined(VOI_LUT) || defined(CELLS_PALETTE)
const int TABLE_ROW_BITS = 10; // tables are folded into rows of 1024 entries
const int TABLE_ROW_MASK = (1 << TABLE_ROW_BITS) - 1;

ivec2 table_place(int index) {
  return ivec2(index & TABLE_ROW_MASK, index >> TABLE_ROW_BITS);
}
#endif

#ifdef CELLS_FLOAT
uniform sampler2D stored_bits;
uniform float padding_low; // above padding_high where there is no padding
uniform float padding_high;
const uint EXPONENT = 0x7F800000u; // all of them set: an infinity or no number at all

float cell_at(ivec2 pixel) {
  return texelFetch(stored_bits, pixel, 0).r;
}

float stored_value(float cell) {
  return cell;
}

bool is_padding(float cell) {
  if ((floatBitsToUint(cell) & EXPONENT) == EXPONENT) return true;
  return cell >= padding_low && cell <= padding_high;
}
#endif

#if !defined(CELLS_FLOAT) && !defined(CELLS_COLOUR)
uniform usampler2D stored_bits;
uniform uint stored_shift; // the bits below the stored ones
uniform uint stored_mask; // a one for each stored bit
uniform uint stored_sign; // the highest of them where it is a sign, else 0

// The stored value, sign extended: two's complement in 32 bits.
uint cell_at(ivec2 pixel) {
  uint field = (texelFetch(stored_bits, pixel, 0).r >> stored_shift) & stored_mask;
  return (field ^ stored_sign) - stored_sign;
}

#if defined(CELLS_DEEP) || defined(PADDED)
// Unsigned numbers in the order of the stored values.
uint order_of(uint cell) {
  return stored_sign != 0u ? cell ^ 0x80000000u : cell;
}
#endif

#ifdef PADDED
uniform uint padding_low; // as order_of()
uniform uint padding_high;

bool is_padding(uint cell) {
  uint order = order_of(cell);
  return order >= padding_low && order <= padding_high;
}
#endif

#if defined(MODALITY_LUT) || defined(CELLS_PALETTE)
uniform int table_first; // the stored value of the first entry
uniform int table_count;
const uint LARGEST_INT = 0x7FFFFFFFu;

// Values outside the table take its first or its last entry (PS3.3 C.11.1.1, C.7.6.3.1.5).
ivec2 table_place_of(uint cell) {
  int value = stored_sign != 0u ? int(cell) : int(min(cell, LARGEST_INT));
  return table_place(clamp(value, table_first, table_first + table_count - 1) - table_first);
}
#endif

#ifdef MODALITY_LUT
uniform usampler2D modality_lut;

float stored_value(uint cell) {
  return float(texelFetch(modality_lut, table_place_of(cell), 0).r);
}
#elif defined(CELLS_DEEP)
uniform uint stored_reference; // a stored value near the window, as order_of()

// Less the reference, subtracted in integers: near the window no digit is lost in 32 bits.
float stored_value(uint cell) {
  uint order = order_of(cell);
  return order >= stored_reference ? float(order - stored_reference)
                                   : -float(stored_reference - order);
}
#else
float stored_value(uint cell) {
  return float(int(cell)); // of 16 bits at most: signed or not, an int holds them
}
#endif
#endif

#ifdef CELLS_COLOUR
const int MODEL_YBR = 1;
const ivec3 CHROMA_ZERO = ivec3(0, 128, 128);
const int YBR_BITS = 22; // of the fraction; integers give the same byte on every host
const int YBR_HALF_UP = (1 << (YBR_BITS - 1)) + 64;
const int RED_OF_CR = 5880414; // 1.402
const int GREEN_OF_CB = -1443412; // -0.344136
const int GREEN_OF_CR = -2995305; // -0.714136
const int BLUE_OF_CB = 7432307; // 1.772

uniform usampler2D stored_bits;
uniform int colour_model; // 0 RGB, 1 YBR_FULL

vec3 value_at(ivec2 pixel) {
  ivec3 samples = ivec3(texelFetch(stored_bits, pixel, 0).rgb);
  if (colour_model != MODEL_YBR) return vec3(samples);
  ivec3 ybr = samples - CHROMA_ZERO;
  ivec3 chroma = ivec3(RED_OF_CR * ybr.z, GREEN_OF_CB * ybr.y + GREEN_OF_CR * ybr.z,
                       BLUE_OF_CB * ybr.y);
  return vec3(clamp(ybr.x + ((chroma + YBR_HALF_UP) >> YBR_BITS), 0, 255));
}
#endif

#ifdef CELLS_PALETTE
uniform usampler2D palette; // 8 bits a channel

vec3 value_at(ivec2 pixel) {
  return vec3(texelFetch(palette, table_place_of(cell_at(pixel)), 0).rgb);
}
#endif

#ifndef IN_COLOUR
uniform float rescale_slope;
uniform float intercept_from_center; // RescaleIntercept - WindowCenter, subtracted in 64 bits

// The modality value less the window's centre: small numbers keep their digits.
float modality_value(CELL cell) {
  return stored_value(cell) * rescale_slope + intercept_from_center;
}

#ifndef PADDED
float value_at(ivec2 pixel) {
  return modality_value(cell_at(pixel));
}
#endif
#endif

#ifdef IN_COLOUR
#define VALUE vec3
#else
#define VALUE float
#endif

#ifdef INTERPOLATED
#ifdef PADDED
#define VALUE_AT(pixel) value_beside(pixel, nearest)
#define INSTEAD_OF_PADDING , float nearest

// A padded neighbour counts as the nearest pixel: padding never bleeds into tissue.
float value_beside(ivec2 pixel, float nearest) {
  CELL cell = cell_at(pixel);
  return is_padding(cell) ? nearest : modality_value(cell);
}
#else
#define VALUE_AT(pixel) value_at(pixel)
#define INSTEAD_OF_PADDING
#endif

// As mix(), but exactly flat where both are equal, whatever the weight.
VALUE between(VALUE first, VALUE second, float weight) {
  return first + (second - first) * weight;
}

VALUE interpolated_value(vec2 point_px, ivec2 size INSTEAD_OF_PADDING) {
  vec2 from_center = point_px - 0.5; // pixel centres lie at the half pixel
  vec2 base = floor(from_center);
  vec2 weight = from_center - base;
  ivec2 low = clamp(ivec2(base), ivec2(0), size - 1);
  ivec2 high = clamp(ivec2(base) + 1, ivec2(0), size - 1);
  VALUE top = between(VALUE_AT(low), VALUE_AT(ivec2(high.x, low.y)), weight.x);
  VALUE bottom = between(VALUE_AT(ivec2(low.x, high.y)), VALUE_AT(high), weight.x);
  return between(top, bottom, weight.y);
}
#endif

#ifdef VOI_LUT
uniform usampler2D voi_lut;
uniform int voi_lut_count;
uniform float voi_lut_largest; // 2^bits - 1

// The window's centre is the first mapped value here: the value is already an index.
float display_value(float from_first) {
  int index = int(clamp(floor(from_first + 0.5), 0.0, float(voi_lut_count - 1)));
  return min(float(texelFetch(voi_lut, table_place(index), 0).r) / voi_lut_largest, 1.0);
}
#elif !defined(IN_COLOUR)
uniform float voi_width;

#if defined(VOI_SIGMOID)
const float MAX_EXPONENT = 80.0; // exp stays finite in 32 bits

float display_value(float from_center) {
  float exponent = -4.0 * from_center / voi_width;
  return 1.0 / (1.0 + exp(clamp(exponent, -MAX_EXPONENT, MAX_EXPONENT)));
}
#elif defined(VOI_EXACT)
float display_value(float from_center) {
  return clamp(from_center / voi_width + 0.5, 0.0, 1.0);
}
#else
float display_value(float from_center) {
  float from_middle = from_center + 0.5;
  if (voi_width <= 1.0) { // the ramp is a step; the middle belongs to the dark side
    return from_middle > 0.0 ? 1.0 : 0.0;
  }
  return clamp(from_middle / (voi_width - 1.0) + 0.5, 0.0, 1.0);
}
#endif
#endif

// Quantised here: the same byte everywhere.
vec4 picture_at(vec2 point_px, ivec2 size) {
#ifdef PADDED
  CELL cell = cell_at(ivec2(point_px));
  if (is_padding(cell)) return BLACK; // also when inverted
  float value = modality_value(cell);
#ifdef INTERPOLATED
  value = interpolated_value(point_px, size, value);
#endif
#elif defined(INTERPOLATED)
  VALUE value = interpolated_value(point_px, size);
#else
  VALUE value = value_at(ivec2(point_px));
#endif
#ifdef IN_COLOUR
  vec3 shown = invert ? GREY_LEVELS - value : value;
  return vec4(floor(shown + HALF_UP) / GREY_LEVELS, 1.0);
#else
  float display = display_value(value);
  float shown = invert ? 1.0 - display : display;
  float level = floor(shown * GREY_LEVELS + HALF_UP);
  return vec4(vec3(level / GREY_LEVELS), 1.0);
#endif
}

#ifdef MASKED
uniform usampler2D mask; // of the image's size: 0 clear, 1 overlay, 2 shutter
uniform float shutter_level; // grey level, 0 to 255
const uint MASK_CLEAR = 0u;
const uint MASK_OVERLAY = 1u;
#endif

void main() {
  vec2 from_center = gl_FragCoord.xy - viewport_center_px;
  vec2 across_px = image_px_per_screen_px_right * from_center.x;
  vec2 down_px = image_px_per_screen_px_down * -from_center.y;
  vec2 point_px = image_center_px + (across_px + down_px);
  ivec2 size = textureSize(stored_bits, 0);
  bool inside = all(greaterThanEqual(point_px, vec2(0.0))) && all(lessThan(point_px, vec2(size)));
  if (!inside) {
    grey = BLACK; // also when inverted
    return;
  }
#ifdef MASKED
  uint covered = texelFetch(mask, ivec2(point_px), 0).r;
  if (covered != MASK_CLEAR) { // never inverted: neither is part of the image
    float level = covered == MASK_OVERLAY ? GREY_LEVELS : shutter_level;
    grey = vec4(vec3(level / GREY_LEVELS), 1.0);
    return;
  }
#endif
  grey = picture_at(point_px, size);
}
