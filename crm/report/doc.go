// Package report computes figures over a company's customers, contacts and deals. Every figure is under the caller's scope of
// report:read. It reads only; caching and delivery are left to the packages above.
package report
