// Package api is the HTTP edge: routes, decoding, who calls, rate limits, the gates of permission and plan,
// error mapping and the OpenAPI document. It joins the packages below, which do not know each other, and
// holds no rules of the business itself.
package api
