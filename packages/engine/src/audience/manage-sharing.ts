import type { audienceApi } from '@wutong/contract';
import { CodedError, type Platform } from '../platform/index.ts';
import type { Asker } from './asker.ts';
import type { Segments } from './manage-segments.ts';
import type { Tags } from './manage-tags.ts';
import { requireUsers } from './require-users.ts';
import { mayShare } from './sharing.ts';
import { updateSharing, type Made } from './sharing-store.ts';

export type SharingInput = audienceApi.Sharing & { readonly owner?: string | undefined };

/** Says who sees and changes a segment or tag. */
export interface ManageSharing {
  /** @throws CodedError segment_not_found, tag_not_found, not_owner, user_unknown */
  share(made: Made, input: SharingInput, asker: Asker): Promise<void>;
}

/** `onShared` is awaited before the answer, so that whoever holds copies lets go of them. */
export function createManageSharing(
  platform: Pick<Platform, 'database' | 'audit' | 'clock' | 'users'>,
  manage: { readonly segments: Pick<Segments, 'get'>; readonly tags: Pick<Tags, 'get'> },
  onShared: () => Promise<unknown>,
): ManageSharing {
  return {
    async share(made, input, asker) {
      const { kind, id } = made;
      const row =
        kind === 'segment' ? await manage.segments.get(id, asker) : await manage.tags.get(id, asker);
      if (!mayShare(asker, row)) throw new CodedError('not_owner', { details: { owner: row.owner } });
      const owner = input.owner === row.owner ? undefined : input.owner;
      const before = new Set([...row.shared_users, ...row.editors]);
      const named = [...input.sharedWithUsers, ...input.editors].filter((userId) => !before.has(userId));
      await requireUsers(platform, owner === undefined ? named : [...named, owner]);
      await platform.database.transaction(async (transaction) => {
        await updateSharing(transaction, made, { ...input, owner }, platform.clock.now());
        const entry = { actor: asker.userId, object: id };
        const { shared, sharedWith, sharedWithUsers, editors } = input;
        await platform.audit.record(transaction, {
          ...entry,
          action: `${kind}.share`,
          detail: { shared, sharedWith, sharedWithUsers, editors },
        });
        if (owner === undefined) return;
        const detail = { from: row.owner, to: owner };
        await platform.audit.record(transaction, { ...entry, action: `${kind}.hand_over`, detail });
      });
      await onShared();
    },
  };
}
