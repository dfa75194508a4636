#version 300 es
// In: nothing; one triangle of three vertices that covers the whole viewport.
// Out: clip space positions. The fragment stage works from gl_FragCoord alone.
// Clause: none.

void main() {
  vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}
