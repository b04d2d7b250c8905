package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// partBytes is how much of a file is held in memory on its way to a bucket: once to learn whether there is more, once
// by the library.
const partBytes = 8 << 20

// bucket keeps blobs in a bucket of Amazon S3, or of a store that speaks the same: MinIO, Ceph, Alibaba OSS, Tencent COS.
type bucket struct {
	client minio.Core
	name   string
	// folder stands before every key: empty, or with a slash at its end.
	folder string
}

func openBucket(u *url.URL) (*bucket, error) {
	if u.Host == "" {
		return nil, errors.New("names no bucket: want s3://BUCKET?region=REGION")
	}
	server, options, err := bucketOptions(u.Query())
	if err != nil {
		return nil, err
	}
	client, err := minio.NewCore(server, options)
	if err != nil {
		return nil, err
	}
	b := &bucket{client: *client, name: u.Host}
	if folder := strings.Trim(u.Path, "/"); folder != "" {
		b.folder = folder + "/"
	}
	return b, nil
}

// bucketOptions reads what stands behind the bucket's name, and returns the server to talk to.
func bucketOptions(query url.Values) (server string, options *minio.Options, err error) {
	server, options = "s3.amazonaws.com", &minio.Options{
		Creds: credentials.NewChainCredentials([]credentials.Provider{
			&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{},
		}),
		Secure: true, MaxRetries: 3,
	}
	for name := range query {
		switch value := query.Get(name); name {
		case "region":
			options.Region = value
		case "endpoint":
			u, err := url.Parse(value)
			if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
				return "", nil, errors.New("endpoint: want https://HOST")
			}
			server, options.Secure = u.Host, u.Scheme == "https"
		case "lookup":
			var known bool
			if options.BucketLookup, known = lookups[value]; !known {
				return "", nil, errors.New("lookup: want host (https://BUCKET.HOST/) or path (https://HOST/BUCKET/)")
			}
		default:
			return "", nil, fmt.Errorf("%s: is not known; known are region, endpoint and lookup", name)
		}
	}
	return server, options, nil
}

// lookups are the two ways to name a bucket in an address. Without a word the library goes by the server's name.
var lookups = map[string]minio.BucketLookupType{"host": minio.BucketLookupDNS, "path": minio.BucketLookupPath}

// put sends a small file, which most are, by one request. The length of a larger one is not known before its end.
func (b *bucket) put(ctx context.Context, key string, r io.Reader) error {
	var head bytes.Buffer
	size, err := io.CopyN(&head, r, partBytes)
	switch {
	case errors.Is(err, io.EOF):
		_, err = b.client.Client.PutObject(ctx, b.name, b.folder+key, &head, size, minio.PutObjectOptions{})
	case err == nil:
		_, err = b.client.Client.PutObject(ctx, b.name, b.folder+key, io.MultiReader(&head, r), -1, minio.PutObjectOptions{PartSize: partBytes})
	}
	return err
}

func (b *bucket) open(ctx context.Context, key string, offset int64) (io.ReadCloser, error) {
	options := minio.GetObjectOptions{}
	if offset > 0 {
		if err := options.SetRange(offset, 0); err != nil {
			return nil, err
		}
	}
	body, _, _, err := b.client.GetObject(ctx, b.name, b.folder+key, options)
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil, ErrMissing
	}
	return body, err
}

func (b *bucket) remove(ctx context.Context, key string) error {
	if err := b.client.RemoveIncompleteUpload(ctx, b.name, b.folder+key); err != nil {
		return err
	}
	return b.client.RemoveObject(ctx, b.name, b.folder+key, minio.RemoveObjectOptions{})
}

func (b *bucket) list(ctx context.Context, prefix string) iter.Seq2[Blob, error] {
	return func(yield func(Blob, error) bool) {
		// Ended early, the listing must not go on by itself.
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		for object := range b.client.Client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: b.folder + prefix}) {
			if !yield(Blob{strings.TrimPrefix(object.Key, b.folder+prefix), object.Size}, object.Err) || object.Err != nil {
				return
			}
		}
	}
}
