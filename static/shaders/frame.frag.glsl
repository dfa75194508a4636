#version 300 es
// In: one frame of stored bits (PS3.5 8.1.1), an affine map from screen pixels to image pixels.
// Out: grey as 8 bits, opaque; outside the image black. Window and rescale are in modality units.
// Clause: PS3.3 C.11.1 (rescale), C.11.2.1.2.1, C.11.2.1.3.1, C.11.2.1.3.2 (VOI), C.7.6.3.1.2.

precision highp float;
precision highp int;
precision highp usampler2D;

const int VOI_LINEAR = 0;
const int VOI_LINEAR_EXACT = 1;
const int VOI_SIGMOID = 2;
const float MAX_EXPONENT = 80.0; // exp stays finite in 32 bits
const float GREY_LEVELS = 255.0;
const float HALF_UP = 0.5 + 1.0 / 1024.0; // of a level: what lies halfway goes up on every host

uniform usampler2D stored_bits;
uniform int bits_stored;
uniform int high_bit;
uniform bool is_signed;
uniform float rescale_slope;
uniform float intercept_from_center; // RescaleIntercept - WindowCenter, subtracted in 64 bits
uniform int voi_function;
uniform float voi_width;
uniform bool invert;
uniform bool interpolate;
uniform vec2 viewport_center_px; // framebuffer pixels, y up
uniform vec2 image_center_px; // the image point under the viewport's centre, y down
uniform vec2 image_px_per_screen_px_right; // the step in the image for one pixel to the right
uniform vec2 image_px_per_screen_px_down;

invariant out vec4 grey; // no host may reorder or fuse the arithmetic that leads here

// The modality value less the window's centre: small numbers keep their digits.
float modality_value(ivec2 pixel) {
  uint bits = texelFetch(stored_bits, pixel, 0).r >> uint(high_bit + 1 - bits_stored);
  uint unused = uint(32 - bits_stored);
  uint aligned = bits << unused; // what lay above the high bit is shifted out
  float stored = is_signed ? float(int(aligned) >> unused) : float(aligned >> unused);
  return stored * rescale_slope + intercept_from_center;
}

// As mix(), but exactly flat where both are equal, whatever the weight.
float between(float first, float second, float weight) {
  return first + (second - first) * weight;
}

float interpolated_value(vec2 point_px, ivec2 size) {
  vec2 from_center = point_px - 0.5; // pixel centres lie at the half pixel
  vec2 base = floor(from_center);
  vec2 weight = from_center - base;
  ivec2 low = clamp(ivec2(base), ivec2(0), size - 1);
  ivec2 high = clamp(ivec2(base) + 1, ivec2(0), size - 1);
  float top = between(modality_value(low), modality_value(ivec2(high.x, low.y)), weight.x);
  float bottom = between(modality_value(ivec2(low.x, high.y)), modality_value(high), weight.x);
  return between(top, bottom, weight.y);
}

float display_value(float from_center) {
  if (voi_function == VOI_SIGMOID) {
    float exponent = -4.0 * from_center / voi_width;
    return 1.0 / (1.0 + exp(clamp(exponent, -MAX_EXPONENT, MAX_EXPONENT)));
  }
  if (voi_function == VOI_LINEAR_EXACT) {
    return clamp(from_center / voi_width + 0.5, 0.0, 1.0);
  }
  float from_middle = from_center + 0.5;
  if (voi_width <= 1.0) { // the ramp is a step; the middle belongs to the dark side
    return from_middle > 0.0 ? 1.0 : 0.0;
  }
  return clamp(from_middle / (voi_width - 1.0) + 0.5, 0.0, 1.0);
}

void main() {
  vec2 from_center = gl_FragCoord.xy - viewport_center_px;
  vec2 across_px = image_px_per_screen_px_right * from_center.x;
  vec2 down_px = image_px_per_screen_px_down * -from_center.y;
  vec2 point_px = image_center_px + (across_px + down_px);
  ivec2 size = textureSize(stored_bits, 0);
  bool inside = all(greaterThanEqual(point_px, vec2(0.0))) && all(lessThan(point_px, vec2(size)));
  if (!inside) {
    grey = vec4(0.0, 0.0, 0.0, 1.0); // also when inverted
    return;
  }
  float value = interpolate ? interpolated_value(point_px, size)
                            : modality_value(ivec2(point_px));
  float display = display_value(value);
  float shown = invert ? 1.0 - display : display;
  float level = floor(shown * GREY_LEVELS + HALF_UP); // quantised here: the same byte everywhere
  grey = vec4(vec3(level / GREY_LEVELS), 1.0);
}
