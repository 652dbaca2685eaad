# syntax=docker/dockerfile:1
# The web client's build is committed, so the image needs Go alone.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/sett .

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ffmpeg ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin sett \
 && install -d -o sett -g sett -m 0700 /data /cache
COPY --from=build /out/sett /usr/local/bin/sett
USER sett
# Media is only ever read: mount it with :ro.
VOLUME ["/data", "/cache"]
ENV SETT_DATA_DIR=/data SETT_CACHE_DIR=/cache SETT_MEDIA=/media
# Discovery needs the home network itself: run with --network host.
EXPOSE 8096/tcp 7359/udp
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["sett", "health"]
ENTRYPOINT ["sett"]
CMD ["serve"]
