// Package auth decides who somebody is. It owns passwords, people's sign-in addresses, sign-up, access and
// refresh tokens, sessions in Redis, invitations, API keys and platform admins.
//
// What a person may do once they are known is decided in package rbac, and what a company has paid for in
// package billing; the edges join those with this package, by functions they pass in.
package auth
