# What is built is built once, with everything that building takes.
FROM node:24.21.0-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run prepack && npm prune --omit=dev --ignore-scripts --no-audit --no-fund && find dist -name "*.map" -delete

FROM node:24.21.0-alpine@sha256:ebfe2f90462722a7a4de65e91990e97fe0d401c70e0e762c5b53302f905ec1c1
ENV NODE_ENV=production \
    PARLEY_HOST=0.0.0.0 \
    PARLEY_DATA=/data \
    PORT=4173
WORKDIR /parley
COPY --from=build /build/package.json /build/LICENSE ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist/package ./dist/package
COPY --from=build /build/dist/app ./dist/app
RUN mkdir -m 700 /data /ca && chown node:node /data /ca
USER node
VOLUME ["/data"]
EXPOSE 4173
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "dist/package/cli/main.js", "health"]
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "dist/package/cli/main.js"]
CMD ["server"]
