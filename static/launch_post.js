// The authorize request goes by POST: it is too long for a URL (SMART App Launch 2.2, authorize-post).
document.getElementById("authorize").submit();
